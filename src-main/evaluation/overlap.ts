import type { EvaluationImage } from './runPorts.ts';

export interface Overlap {
  /** Test images concerned. */
  images: EvaluationImage[];
  patients: number;
  files: number;
  pixels: number;
}

/** Test images that a run has seen: same patient, same file bytes, or same pixels as one of its training or validation images. */
export function findOverlap(seen: readonly EvaluationImage[], test: readonly EvaluationImage[]): Overlap {
  const patients = new Set(seen.map((image) => image.patientId));
  const files = new Set(seen.map((image) => `${image.fileSha256}:${image.frame}`));
  const pixels = new Set(seen.map((image) => image.pixelSha256));
  const samePatient = test.filter((image) => patients.has(image.patientId));
  const sameFile = test.filter((image) => files.has(`${image.fileSha256}:${image.frame}`));
  const samePixels = test.filter((image) => pixels.has(image.pixelSha256));
  return {
    images: [...new Set([...samePatient, ...sameFile, ...samePixels])],
    patients: new Set(samePatient.map((image) => image.patientId)).size,
    files: sameFile.length,
    pixels: samePixels.length,
  };
}

/** The overlap in words, with the first images by pseudonymous patient. */
export function describeOverlap(overlap: Overlap): string {
  const parts = [
    overlap.patients > 0
      ? `${overlap.patients} ${overlap.patients === 1 ? 'patient is' : 'patients are'} in both the run's images and the test set`
      : '',
    overlap.files > 0 ? `${overlap.files} files are the same` : '',
    overlap.pixels > 0 ? `${overlap.pixels} images have the same pixels` : '',
  ].filter(Boolean);
  const listed = overlap.images.slice(0, 10).map((image) => `image ${image.imageId} of ${image.pseudonym}`);
  const more = overlap.images.length > listed.length ? ` and ${overlap.images.length - listed.length} more` : '';
  return `${parts.join(', ')} (${listed.join(', ')}${more}).`;
}
