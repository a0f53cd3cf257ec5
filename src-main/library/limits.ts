/** What one file may cost. A file past any of these is refused with a code before the memory is taken. */
export const limits = {
  /** Multi-frame files may be long; they are read frame by frame. */
  fileBytes: 8 * 1024 ** 3,
  /** Files up to here are read into memory as a whole, larger ones by offset. */
  wholeFileBytes: 16 * 1024 ** 2,
  /** Plain pictures, and deflated data sets, are always read as a whole. */
  pictureBytes: 128 * 1024 ** 2,
  /** What of a data set comes before its pixel data. */
  headBytes: 128 * 1024 ** 2,
  /** Decoded samples of one frame; with the coded and the raw ones about three times as much is held. */
  frameBytes: 128 * 1024 ** 2,
  /** The same of a compressed frame: decoders of JPEG 2000 hold six times as much. */
  codedFrameBytes: 64 * 1024 ** 2,
  /** A deflated data set after inflation. */
  inflatedBytes: 128 * 1024 ** 2,
  /** Decoded samples of all frames of one file; frames are decoded one after the other. */
  decodedBytes: 8 * 1024 ** 3,
  frames: 100_000,
  /** Nested sequences in a DICOM data set. */
  nestingDepth: 24,
  /** Data elements in a DICOM data set, nested ones included. */
  elements: 500_000,
  /** Pixels of a plain picture. */
  rasterPixels: 64 * 1024 ** 2,
  /** Pages of a plain picture: each is found by walking past all before it. */
  rasterPages: 2000,
  /** JavaScript heap of one decode worker; pixel buffers are outside of it and bounded by the limits above. */
  workerHeapMegabytes: 256,
  /** Time for one file: a base, and a second for each of these bytes (a long enhanced series takes longer). */
  timeMilliseconds: 1800,
  bytesPerSecond: 4 * 1024 ** 2,
} as const;

/** After this time a worker that was given a group of files answers with what it has, so that slow files are shared out. */
export const groupMilliseconds = 50;

export function timeLimit(fileBytes: number): number {
  return limits.timeMilliseconds + Math.round((1000 * fileBytes) / limits.bytesPerSecond);
}
