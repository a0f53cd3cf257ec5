/** What one file may cost. A file past any of these is refused with a code before the memory is taken. */
export const limits = {
  /** Whole files are read into memory. */
  fileBytes: 1024 ** 3,
  /** Decoded samples of one frame. */
  frameBytes: 256 * 1024 ** 2,
  /** A deflated data set after inflation. */
  inflatedBytes: 256 * 1024 ** 2,
  /** Decoded samples of all frames of one file; frames are decoded one after the other. */
  decodedBytes: 4 * 1024 ** 3,
  frames: 100_000,
  /** Nested sequences in a DICOM data set. */
  nestingDepth: 24,
  /** Data elements in a DICOM data set, nested ones included. */
  elements: 500_000,
  /** Pixels of a plain picture. */
  rasterPixels: 64 * 1024 ** 2,
  /** JavaScript heap of one decode worker; pixel buffers are outside of it and bounded by the limits above. */
  workerHeapMegabytes: 256,
  /** Time for one file: a base, and a second for each of these bytes (a long enhanced series takes longer). */
  timeMilliseconds: 2000,
  bytesPerSecond: 4 * 1024 ** 2,
} as const;

export function timeLimit(fileBytes: number): number {
  return limits.timeMilliseconds + Math.round((1000 * fileBytes) / limits.bytesPerSecond);
}
