/** Repeated studies with a known truth in which patients have several images that resemble each other: how often do intervals hold it? */
import { createRandom } from '../../src-shared/domain/random.ts';
import { bootstrap } from '../../src-main/evaluation/bootstrap.ts';
import { clusteredLogitIntervals } from '../../src-main/evaluation/clusteredLogit.ts';
import { aucWithDelong } from '../../src-main/evaluation/delong.ts';
import type { PredictionTable } from '../../src-main/evaluation/table.ts';

export interface ClusteredDesign {
  /** Half of them positive. */
  patients: number;
  /** Numbers of images that a patient has, each as likely. */
  images: readonly number[];
  /** Share of a score's variance that the images of a patient have in common. */
  resemblance: number;
  /** Of the sensitivity, and of the specificity at the same threshold. */
  truth: 'moderate' | 'high';
}

/** Φ(1) and Φ(1.6449): share of positive images above the threshold; the AUC is that of two unit normals twice as far apart as the threshold. */
const shares = { moderate: 0.8413447460685429, high: 0.95 } as const;
const distances = { moderate: 1, high: 1.6448536269514722 } as const;
/** Φ(2 · distance / √2). */
const aucs = { moderate: 0.9213503964748575, high: 0.989995373141941 } as const;

export function studyGenerator(seed: number) {
  const random = createRandom(seed);
  const uniform = () => (random.below(2 ** 32) + 0.5) / 2 ** 32;
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uniform, normal, below: (limit: number) => random.below(limit) };
}

/** Scores lie around ± the distance, so that the threshold of every study is the probability ½. */
export function drawStudy(
  design: ClusteredDesign,
  { normal, below }: ReturnType<typeof studyGenerator>,
): PredictionTable {
  const labels: number[] = [];
  const scores: number[] = [];
  const patients: string[] = [];
  for (let patient = 0; patient < design.patients; patient += 1) {
    const label = patient % 2;
    const shared = normal() * Math.sqrt(design.resemblance);
    const centre = (2 * label - 1) * distances[design.truth];
    for (let image = design.images[below(design.images.length)]!; image > 0; image -= 1) {
      labels.push(label);
      scores.push(1 / (1 + Math.exp(-(centre + shared + normal() * Math.sqrt(1 - design.resemblance)))));
      patients.push(String(patient));
    }
  }
  return { labels: Uint8Array.from(labels), probabilities: Float64Array.from(scores), patients };
}

const threshold = 0.5;
const figures = ['auc', 'sensitivity', 'accuracy'] as const;

export interface Coverage {
  studies: number;
  /** Share of the studies whose interval holds the truth. */
  logit: Record<(typeof figures)[number], number>;
  /** The percentile bootstrap; null where it was not asked for. */
  percentile: Record<(typeof figures)[number], number> | null;
  /** DeLong's interval, which takes images as independent. */
  delong: number;
}

/** @param replicates of the bootstrap; 0 leaves it out */
export function clusteredCoverage(
  design: ClusteredDesign,
  studies: number,
  replicates: number,
  seed: number,
): Coverage {
  const generator = studyGenerator(seed);
  const truth = { auc: aucs[design.truth], sensitivity: shares[design.truth], accuracy: shares[design.truth] };
  const zero = () => ({ auc: 0, sensitivity: 0, accuracy: 0 });
  const held = { logit: zero(), percentile: zero(), delong: 0 };
  const holds = ({ low, high }: { low: number | null; high: number | null }, value: number) =>
    low !== null && high !== null && low <= value && value <= high;
  for (let study = 0; study < studies; study += 1) {
    const table = drawStudy(design, generator);
    const logit = clusteredLogitIntervals(table, threshold);
    const percentile =
      replicates === 0
        ? null
        : bootstrap(table, { unit: 'patient', threshold, replicates, seed: study, band: false }).intervals;
    for (const figure of figures) {
      if (holds(logit[figure], truth[figure])) held.logit[figure] += 1;
      if (percentile !== null && holds(percentile[figure], truth[figure])) held.percentile[figure] += 1;
    }
    if (holds(aucWithDelong(table).auc, truth.auc)) held.delong += 1;
  }
  const share = (counts: ReturnType<typeof zero>) => ({
    auc: counts.auc / studies,
    sensitivity: counts.sensitivity / studies,
    accuracy: counts.accuracy / studies,
  });
  return {
    studies,
    logit: share(held.logit),
    percentile: replicates === 0 ? null : share(held.percentile),
    delong: held.delong / studies,
  };
}
