import { expect, it } from 'vitest';
import { bandGrid, bootstrap, percentileBounds } from './bootstrap.ts';
import { confusionAt } from './confusion.ts';
import { aucWithDelong } from './delong.ts';
import { rocCurve } from './roc.ts';
import { countAtThresholds } from './thresholdCounts.ts';
import { createRandom } from '../../src-shared/domain/random.ts';

const random = createRandom(4);
const labels = Uint8Array.from({ length: 90 }, (_unused, image) => (image % 3 === 0 ? 1 : 0));
const table = {
  labels,
  probabilities: Float64Array.from(labels, (label) => (random.below(20) + label * random.below(20)) / 40),
  patients: Array.from(labels, (_label, image) => `patient ${String(Math.floor(image / 5)).padStart(2, '0')}`),
};

it('equals a bootstrap that copies the images of each drawn patient', () => {
  const options = { unit: 'patient', threshold: 0.3, replicates: 200, seed: 9, band: false } as const;
  const draws = createRandom(options.seed);
  const aucs: number[] = [];
  const accuracies: number[] = [];
  for (let replicate = 0; replicate < options.replicates; replicate += 1) {
    const drawn = Array.from({ length: 18 }, () => draws.below(18));
    const images = drawn.flatMap((patient) => Array.from({ length: 5 }, (_unused, image) => patient * 5 + image));
    const copy = {
      labels: Uint8Array.from(images, (image) => table.labels[image]!),
      probabilities: Float64Array.from(images, (image) => table.probabilities[image]!),
    };
    aucs.push(aucWithDelong(copy).auc.value!);
    const { tp, tn } = confusionAt(copy, options.threshold);
    accuracies.push((tp + tn) / images.length);
  }
  const { intervals } = bootstrap(table, options);
  expect(intervals.auc.low).toBeCloseTo(percentileBounds(aucs).low!, 12);
  expect(intervals.auc.high).toBeCloseTo(percentileBounds(aucs).high!, 12);
  expect(intervals.accuracy).toEqual(percentileBounds(accuracies));
});

it('gives the same interval for the same seed and another for another', () => {
  const interval = (seed: number) =>
    bootstrap(table, { unit: 'patient', threshold: 0.3, replicates: 500, seed, band: false }).intervals.auc;
  expect(interval(1)).toEqual(interval(1));
  expect(interval(1)).not.toEqual(interval(2));
});

it('leaves out and counts replicates that lack a class', () => {
  const tiny = { labels: Uint8Array.of(1, 0), probabilities: Float64Array.of(0.7, 0.2), patients: ['a', 'b'] };
  const { intervals, undefinedReplicates } = bootstrap(tiny, {
    unit: 'patient',
    threshold: 0.5,
    replicates: 400,
    seed: 1,
    band: true,
  });
  expect(undefinedReplicates.auc).toBeGreaterThan(150);
  expect(undefinedReplicates.auc).toBeLessThan(250);
  expect(intervals.auc).toEqual({ low: 1, high: 1 });
});

it('the band is that of curves which are resampled and interpolated one by one', () => {
  const options = { unit: 'image', threshold: 0.3, replicates: 60, seed: 5, band: true } as const;
  const { band } = bootstrap(table, options);
  const draws = createRandom(options.seed);
  // The same draws: first the negatives, then the positives, by descending score with ties in the order of the table.
  const ranked = Array.from(labels.keys()).sort(
    (first, second) => table.probabilities[second]! - table.probabilities[first]! || first - second,
  );
  const classes = [0, 1].map((label) => ranked.filter((image) => labels[image] === label));
  const atGrid = bandGrid.map((): number[] => []);
  for (let replicate = 0; replicate < options.replicates; replicate += 1) {
    const drawn = classes.flatMap((own) => own.map(() => own[draws.below(own.length)]!));
    const copy = {
      labels: Uint8Array.from(drawn, (image) => labels[image]!),
      probabilities: Float64Array.from(drawn, (image) => table.probabilities[image]!),
    };
    const curve = rocCurve(countAtThresholds(copy));
    bandGrid.forEach((fpr, place) => {
      const after = curve.findIndex((point) => point.fpr > fpr);
      if (after < 0) return atGrid[place]!.push(1);
      const [before, next] = [curve[after - 1]!, curve[after]!];
      const share = (fpr - before.fpr) / (next.fpr - before.fpr);
      return atGrid[place]!.push(before.tpr + share * (next.tpr - before.tpr));
    });
  }
  band!.points.forEach((point, place) => {
    const expected = percentileBounds(atGrid[place]!);
    expect(point.low).toBeCloseTo(expected.low!, 12);
    expect(point.high).toBeCloseTo(expected.high!, 12);
  });
});

it('gives a narrow interval and a whole band for 100,000 images (how fast: npm run bench -- metrics)', () => {
  const draw = createRandom(2);
  const many = Uint8Array.from({ length: 100_000 }, () => draw.below(2));
  const { intervals, band } = bootstrap(
    {
      labels: many,
      probabilities: Float64Array.from(many, (label) => (draw.below(1e6) + label * draw.below(1e6)) / 2e6),
      patients: Array.from(many, (_label, image) => `p${Math.floor(image / 3)}`),
    },
    { unit: 'patient', threshold: 0.5, replicates: 200, seed: 1, band: true },
  );
  expect(intervals.auc.high! - intervals.auc.low!).toBeLessThan(0.01);
  expect(band!.points).toHaveLength(101);
});
