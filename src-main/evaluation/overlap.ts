import type { EvaluationImage, TestSetFacts } from './runPorts.ts';

export interface Overlap {
  /** Test images concerned. */
  images: EvaluationImage[];
  patients: number;
  files: number;
  pixels: number;
  nearDuplicates: number;
}

/**
 * Test images that a run has seen: same patient, same file bytes, same pixels, or nearly the same picture as one of its training or validation
 * images. Where a person accepted a finding on them with a reason they do not count, but an image that the run was itself fitted to always does.
 */
export function findOverlap(
  seen: readonly EvaluationImage[],
  test: readonly EvaluationImage[],
  { nearDuplicates, accepted }: Pick<TestSetFacts, 'nearDuplicates' | 'accepted'> = noFacts,
): Overlap {
  const patients = new Set(seen.map((image) => image.patientId));
  const files = new Set(seen.map(fileKey));
  const pixels = new Set(seen.flatMap((image) => image.pixelSha256 ?? []));
  const near = nearImages(seen, nearDuplicates);
  const sameFile = test.filter((image) => files.has(fileKey(image)));
  const doubtful = test.filter((image) => !accepted.images.has(image.imageId));
  const samePatient = test.filter(
    (image) => patients.has(image.patientId) && !(accepted.patients.has(image.patientId) && !files.has(fileKey(image))),
  );
  const samePixels = doubtful.filter((image) => image.pixelSha256 !== null && pixels.has(image.pixelSha256));
  const nearlySame = doubtful.filter((image) => near.has(image.imageId));
  return {
    images: [...new Set([...samePatient, ...sameFile, ...samePixels, ...nearlySame])],
    patients: new Set(samePatient.map((image) => image.patientId)).size,
    files: sameFile.length,
    pixels: samePixels.length,
    nearDuplicates: nearlySame.length,
  };
}

const noFacts = { nearDuplicates: [], accepted: { patients: new Set<number>(), images: new Set<number>() } };

function fileKey(image: EvaluationImage): string {
  return `${image.fileSha256}:${image.frame}`;
}

/** Every image that has a seen one as its near-duplicate. */
function nearImages(seen: readonly EvaluationImage[], pairs: TestSetFacts['nearDuplicates']): Set<number> {
  const known = new Set(seen.map((image) => image.imageId));
  return new Set(pairs.flatMap(([a, b]) => [...(known.has(a) ? [b] : []), ...(known.has(b) ? [a] : [])]));
}

/** The overlap in words, with the first images by pseudonymous patient. */
export function describeOverlap(overlap: Overlap): string {
  const parts = [
    overlap.patients > 0
      ? `${overlap.patients} ${overlap.patients === 1 ? 'patient is' : 'patients are'} in both the run's images and the test set`
      : '',
    overlap.files > 0 ? `${overlap.files} ${overlap.files === 1 ? 'file is' : 'files are'} the same` : '',
    overlap.pixels > 0 ? `${overlap.pixels} ${overlap.pixels === 1 ? 'image has' : 'images have'} the same pixels` : '',
    overlap.nearDuplicates > 0
      ? `${overlap.nearDuplicates} ${overlap.nearDuplicates === 1 ? 'image shows' : 'images show'} nearly the same as one of the run's images`
      : '',
  ].filter(Boolean);
  const listed = overlap.images.slice(0, 10).map((image) => `image ${image.imageId} of ${image.pseudonym}`);
  const more = overlap.images.length > listed.length ? ` and ${overlap.images.length - listed.length} more` : '';
  return `${parts.join(', ')} (${listed.join(', ')}${more}).`;
}
