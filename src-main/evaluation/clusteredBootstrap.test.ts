import { expect, it } from 'vitest';
import { clusteredBootstrap, percentileBounds } from './clusteredBootstrap.ts';
import { confusionAt } from './confusion.ts';
import { aucWithDelong } from './delong.ts';
import { createRandom } from '../../src-shared/domain/random.ts';

const random = createRandom(4);
const labels = Uint8Array.from({ length: 90 }, (_unused, image) => (image % 3 === 0 ? 1 : 0));
const table = {
  labels,
  probabilities: Float64Array.from(labels, (label) => (random.below(20) + label * random.below(20)) / 40),
  patients: Array.from(labels, (_label, image) => `patient ${String(Math.floor(image / 5)).padStart(2, '0')}`),
};

it('equals a bootstrap that copies the images of each drawn patient', () => {
  const options = { threshold: 0.3, replicates: 200, seed: 9 };
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
  const { intervals } = clusteredBootstrap(table, options);
  expect(intervals.auc.low).toBeCloseTo(percentileBounds(aucs).low!, 12);
  expect(intervals.auc.high).toBeCloseTo(percentileBounds(aucs).high!, 12);
  expect(intervals.accuracy).toEqual(percentileBounds(accuracies));
});

it('gives the same interval for the same seed and another for another', () => {
  const bootstrap = (seed: number) =>
    clusteredBootstrap(table, { threshold: 0.3, replicates: 500, seed }).intervals.auc;
  expect(bootstrap(1)).toEqual(bootstrap(1));
  expect(bootstrap(1)).not.toEqual(bootstrap(2));
});

it('leaves out and counts replicates that lack a class', () => {
  const tiny = { labels: Uint8Array.of(1, 0), probabilities: Float64Array.of(0.7, 0.2), patients: ['a', 'b'] };
  const { intervals, undefinedReplicates } = clusteredBootstrap(tiny, { threshold: 0.5, replicates: 400, seed: 1 });
  expect(undefinedReplicates.auc).toBeGreaterThan(150);
  expect(undefinedReplicates.auc).toBeLessThan(250);
  expect(intervals.auc).toEqual({ low: 1, high: 1 });
});

it('takes 100,000 images and 2,000 replicates in under 10 seconds', () => {
  const draw = createRandom(2);
  const many = Uint8Array.from({ length: 100_000 }, () => draw.below(2));
  const started = performance.now();
  const { intervals } = clusteredBootstrap(
    {
      labels: many,
      probabilities: Float64Array.from(many, (label) => (draw.below(1e6) + label * draw.below(1e6)) / 2e6),
      patients: Array.from(many, (_label, image) => `p${Math.floor(image / 3)}`),
    },
    { threshold: 0.5, replicates: 2000, seed: 1 },
  );
  expect(performance.now() - started).toBeLessThan(10_000);
  expect(intervals.auc.high! - intervals.auc.low!).toBeLessThan(0.01);
});
