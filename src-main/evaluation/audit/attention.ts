import type { AuditAttention, MassShare } from '../../../src-shared/contract/audit.ts';
import { createRandom } from '../../../src-shared/domain/random.ts';
import type { RegionShare } from './heatMass.ts';

/** Shares of one image's heat map; null where the region was not found or the map is zero. */
export interface AttentionOfImage {
  imageId: number;
  patient: string;
  outsideBody: RegionShare | null;
  outsideLung: RegionShare | null;
}

const replicates = 2000;
const worstShown = 24;

/** The shares of all images together, with intervals over patients. */
export function summariseAttention(images: readonly AttentionOfImage[], of: number, seed: number): AuditAttention {
  const shares = (region: 'outsideBody' | 'outsideLung') =>
    images.flatMap((image) => {
      const share = image[region];
      return share === null ? [] : [{ ...share, patient: image.patient }];
    });
  const worst = [...images]
    .sort(
      (a, b) =>
        (b.outsideBody?.mass ?? -1) - (a.outsideBody?.mass ?? -1) ||
        (b.outsideLung?.mass ?? -1) - (a.outsideLung?.mass ?? -1) ||
        a.imageId - b.imageId,
    )
    .slice(0, worstShown)
    .map(({ imageId, patient, outsideBody, outsideLung }) => ({
      imageId,
      patient,
      outsideBody: outsideBody?.mass ?? null,
      outsideLung: outsideLung?.mass ?? null,
    }));
  return {
    method: 'gradCam',
    images: images.length,
    of,
    seed,
    outsideBody: massShare(shares('outsideBody'), seed),
    outsideLung: massShare(shares('outsideLung'), seed),
    worst,
  };
}

export function massShare(shares: readonly (RegionShare & { patient: string })[], seed: number): MassShare {
  if (shares.length === 0) {
    return { images: 0, mean: null, low: null, high: null, median: null, area: null, overHalf: 0 };
  }
  const masses = shares.map((share) => share.mass);
  const ordered = [...masses].sort((a, b) => a - b);
  const middle = ordered.length >> 1;
  return {
    images: shares.length,
    mean: mean(masses),
    ...patientInterval(shares, seed),
    median: ordered.length % 2 === 1 ? ordered[middle]! : (ordered[middle - 1]! + ordered[middle]!) / 2,
    area: mean(shares.map((share) => share.area)),
    overHalf: masses.filter((mass) => mass > 0.5).length,
  };
}

/** Percentile interval of the mean, whole patients drawn with replacement; none with a single patient. */
function patientInterval(shares: readonly { mass: number; patient: string }[], seed: number) {
  const patients = [...Map.groupBy(shares, (share) => share.patient).values()].map((own) => ({
    sum: own.reduce((total, share) => total + share.mass, 0),
    count: own.length,
  }));
  if (patients.length < 2) return { low: null, high: null };
  const random = createRandom(seed);
  const means = Float64Array.from({ length: replicates }, () => {
    let sum = 0;
    let count = 0;
    for (let draw = 0; draw < patients.length; draw += 1) {
      const patient = patients[random.below(patients.length)]!;
      sum += patient.sum;
      count += patient.count;
    }
    return sum / count;
  }).sort();
  const at = (share: number) => means[Math.round(share * (replicates - 1))]!;
  return { low: at(0.025), high: at(0.975) };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
