/**
 * Pairs of pictures that show the same, found among all by perceptual hashes and confirmed by their pixels.
 *
 * Thresholds, measured on COVID-CT and on pictures changed on purpose (docs/DUPLICATES.md): plain pictures, whose names say little of the
 * patient, are near-duplicates from a correlation of 0.8 after alignment, which altered copies reach and neighbouring slices of one patient often do.
 * DICOM images, whose patient is known, are compared as they lie and from 0.95: copies under another patient's name, not similar slices.
 */
import type { JobContext } from '../../../src-shared/contract/progress.ts';
import { indexHashes, largestDistance, type HashIndex } from './hashIndex.ts';
import { hashBytes, variants } from './perceptualHash.ts';
import { withoutCommonDetail, type RemainingCorrelation } from './commonDetail.ts';
import { align, correlation, cutCorrelation, detailOf, type Detail } from './similarity.ts';
import type { SmallPicture } from './smallPicture.ts';

export const pictureThreshold = 0.8;
export const dicomThreshold = 0.95;
/** Plain pictures from here on are near-duplicates whatever all pictures have in common. */
const certain = 0.98;
/** Below, plain pictures must also be this much alike in what is not common to the project's pictures (commonDetail.ts). */
const remainingThreshold = 0.65;
/** Plain pictures from here on are similar enough to be worth a look, and no finding. */
export const similarThreshold = 0.5;

/** Distance of hashes up to which a crop of one picture is compared with another picture; 7 bits keep the candidates few. */
const cropDistance = 9;
/** Correlation, without alignment, from which aligning is tried. */
const worthAligning = 0.15;
/** How much less the correlation of a cut may be where it is read from the whole picture's detail. */
const cutTolerance = 0.1;
/** Candidates of one picture that are compared at most, nearest hashes first. */
const mostCandidates = 48;
/** Of these as many are aligned and confirmed. */
const mostAligned = 16;

export interface MeasuredImage {
  imageId: number;
  /** Images with the same number are of one known patient and are not compared: DICOM's patient; null for plain pictures. */
  dicomPatient: number | null;
  /** True when the image was compared with all others before; two such images are not compared again. */
  compared: boolean;
  /** Null where it is not known, which an image that was measured is not. */
  pixelSha256: string | null;
}

export interface NearDuplicate {
  first: number;
  second: number;
  /** Correlation of detail, 0 … 1. */
  similarity: number;
  mirrored: boolean;
  /** False for pictures that are similar and no more. */
  duplicate: boolean;
}

export interface Measured {
  images: readonly MeasuredImage[];
  /** `variants.length` × 8 bytes for each image, in their order. */
  hashes: Uint8Array;
  /** Small picture by place in `images`. */
  small(place: number): SmallPicture;
}

const stride = variants.length * hashBytes;
const pauseMilliseconds = 12;

/** Reports pairs as they are found; gives control back between, so that the host goes on answering. Rejects when cancelled. */
export async function findNearDuplicates(
  { images, hashes, small }: Measured,
  found: (pair: NearDuplicate) => void,
  context: JobContext,
): Promise<void> {
  if (images.every(({ compared }) => compared)) return;
  const lookups = lookupsOf(images, hashes);
  const details = new DetailCache(small);
  const plain = images.flatMap(({ dicomPatient }, place) => (dicomPatient === null ? [place] : []));
  const remaining = withoutCommonDetail(plain.length, (at) => detailOf(small(plain[at]!)));
  const startedAt = performance.now();
  let resumedAt = startedAt;
  for (let place = 0; place < images.length; place++) {
    const candidates = candidatesOf(images, hashes, place, lookups(images[place]!))
      .map(({ other, variant }) => quickly({ images, place, other, variant, small, details, remaining }))
      .filter((one) => one !== null);
    // Aligning is what takes time: where many are alike, those that fit best before it. What fits as it lies is not aligned and takes nobody's place.
    const asTheyLie = candidates.filter(({ quick }) => quick >= certain);
    const toAlign = candidates.filter(({ quick }) => quick < certain).sort((a, b) => b.quick - a.quick);
    for (const candidate of [...asTheyLie, ...toAlign.slice(0, mostAligned)]) {
      const pair = confirm(candidate);
      if (pair !== null) found(pair);
    }
    if (performance.now() - resumedAt < pauseMilliseconds) continue;
    report(context, place + 1, images.length, startedAt);
    await new Promise((resolve) => setImmediate(resolve));
    context.signal.throwIfAborted();
    resumedAt = performance.now();
  }
  report(context, images.length, images.length, startedAt);
}

function report(context: JobContext, done: number, total: number, startedAt: number): void {
  const seconds = (performance.now() - startedAt) / 1000;
  const rate = seconds > 0 ? done / seconds : null;
  context.report({
    phase: 'comparing',
    done,
    total,
    rate,
    etaSeconds: rate === null || rate === 0 ? null : (total - done) / rate,
    message: `Comparing image ${done} of ${total}`,
  });
}

/** Some of the images, looked up by their plain hash. */
interface Part {
  index: HashIndex;
  places: readonly number[];
}

/** Where an image is looked up as it is and mirrored, and where as it would look cropped; null for nowhere. */
interface Lookup {
  whole: Part | null;
  crops: Part | null;
}

/**
 * What was compared before is looked up among the new ones only, and only cropped: as it is, it is found from them. DICOM images are compared
 * with each other as they lie, so only plain pictures can be crops of them. Each part is indexed when it is first asked for.
 */
function lookupsOf(images: readonly MeasuredImage[], hashes: Uint8Array): (image: MeasuredImage) => Lookup {
  const parts = new Map<string, Part | null>();
  const partOf = (onlyNew: boolean, onlyPlain: boolean): Part | null => {
    const key = `${onlyNew} ${onlyPlain}`;
    const known = parts.get(key);
    if (known !== undefined) return known;
    const places = images.flatMap(({ compared, dicomPatient }, place) =>
      (onlyNew && compared) || (onlyPlain && dicomPatient !== null) ? [] : [place],
    );
    const part = places.length === 0 ? null : { index: indexHashes(hashesOf(hashes, places), stride), places };
    parts.set(key, part);
    return part;
  };
  return ({ compared, dicomPatient }) => ({
    whole: compared ? null : partOf(false, false),
    crops: partOf(compared, dicomPatient !== null),
  });
}

function hashesOf(hashes: Uint8Array, places: readonly number[]): Uint8Array {
  const part = new Uint8Array(places.length * stride);
  places.forEach((place, at) => part.set(hashes.subarray(place * stride, (place + 1) * stride), at * stride));
  return part;
}

interface Candidate {
  other: number;
  variant: number;
}

/**
 * Pictures whose plain hash lies near one of this picture's variants, nearest first; those of the same DICOM patient are none. Where
 * thousands are alike only as many of each distance are kept as can be compared.
 */
function candidatesOf(
  images: readonly MeasuredImage[],
  hashes: Uint8Array,
  place: number,
  { whole, crops }: Lookup,
): Candidate[] {
  const own = images[place]!.dicomPatient;
  const byDistance = Array.from({ length: largestDistance + 1 }, (): Candidate[] => []);
  for (let variant = 0; variant < variants.length; variant++) {
    const part = variant < 2 ? whole : crops;
    const limit = variant < 2 ? largestDistance : cropDistance;
    const kept = new Uint16Array(largestDistance + 1);
    part?.index.near(hashes, place * stride + variant * hashBytes, limit, (at, distance) => {
      if (kept[distance]! >= mostCandidates) return;
      const other = part.places[at]!;
      if (other === place || (own !== null && own === images[other]!.dicomPatient)) return;
      kept[distance]!++;
      byDistance[distance]!.push({ other, variant });
    });
  }
  const best = new Map<number, Candidate>();
  for (const candidate of byDistance.flat()) {
    if (best.size === mostCandidates) break;
    if (!best.has(candidate.other)) best.set(candidate.other, candidate);
  }
  return [...best.values()];
}

interface Comparison extends Pick<Measured, 'images' | 'small'> {
  place: number;
  other: number;
  variant: number;
  details: DetailCache;
  remaining: RemainingCorrelation | null;
}

/** A candidate with its correlation before anything is aligned; null for one that cannot be a duplicate. */
function quickly(pair: Comparison): (Comparison & { quick: number }) | null {
  const { images, place, other, variant, details } = pair;
  const one = images[place]!;
  const two = images[other]!;
  if (one.pixelSha256 !== null && one.pixelSha256 === two.pixelSha256) return null;
  const { box, mirrored } = variants[variant]!;
  const fixed = details.of(other);
  const own = details.of(place);
  const quick = variant === 0 ? correlation(fixed, own) : cutCorrelation(fixed, own, box, mirrored);
  return quick < (bothDicom(one, two) ? dicomThreshold - cutTolerance : worthAligning) ? null : { ...pair, quick };
}

const bothDicom = (one: MeasuredImage, two: MeasuredImage) => one.dicomPatient !== null && two.dicomPatient !== null;

function confirm({ images, place, other, variant, small, details, remaining }: Comparison): NearDuplicate | null {
  const one = images[place]!;
  const two = images[other]!;
  const dicom = bothDicom(one, two);
  const { box, mirrored } = variants[variant]!;
  const threshold = dicom ? dicomThreshold : pictureThreshold;
  const fixed = details.of(other);
  const own = details.of(place);
  const picture = small(place);
  let moved = variant === 0 ? own : detailOf(picture, box, mirrored);
  let similarity = correlation(fixed, moved);
  if (similarity < certain && !dicom) {
    const aligned = align(fixed, { picture, detail: own }, box, mirrored);
    if (aligned.similarity > similarity) {
      similarity = aligned.similarity;
      moved = detailOf(picture, aligned.box, mirrored);
    }
  }
  if (similarity < (dicom ? threshold : similarThreshold)) return null;
  const byKind = !dicom && similarity < certain && remaining !== null && remaining(fixed, moved) < remainingThreshold;
  const [first, second] = one.imageId < two.imageId ? [one.imageId, two.imageId] : [two.imageId, one.imageId];
  const duplicate = similarity >= threshold && !byKind;
  return { first, second, similarity: Math.min(1, similarity), mirrored, duplicate };
}

/** Details of the pictures looked at last: neighbours in the list are often compared with the same others. */
class DetailCache {
  private readonly kept = new Map<number, Detail>();
  private readonly small: (place: number) => SmallPicture;
  /** 16 KB each. */
  private static readonly most = 4096;

  constructor(small: (place: number) => SmallPicture) {
    this.small = small;
  }

  of(place: number): Detail {
    const known = this.kept.get(place);
    if (known !== undefined) return known;
    if (this.kept.size >= DetailCache.most) this.kept.delete(this.kept.keys().next().value!);
    const detail = detailOf(this.small(place));
    this.kept.set(place, detail);
    return detail;
  }
}
