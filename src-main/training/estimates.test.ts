import { describe, expect, it } from 'vitest';
import { defaultRunConfiguration, noAugmentation, type RunConfiguration } from '../../src-shared/contract/training.ts';
import { estimateDisk } from './diskEstimate.ts';
import { estimateTime, type EarlierSpeed } from './timeEstimate.ts';
import { workloadOf } from './workload.ts';

const vgg16: RunConfiguration = { ...defaultRunConfiguration, architecture: 'vgg16' };
const counts = { training: 400, validation: 100 };
const machine = { backend: 'tensorflow', device: 'CPU', threads: 2 } as const;
const speedOf = (configuration: RunConfiguration, imagesPerSecond: number, number = 1): EarlierSpeed => ({
  number,
  configuration,
  backend: 'tensorflow',
  device: 'CPU',
  imagesPerSecond,
});

describe('the workload', () => {
  it('counts what torchvision counts: weights and multiply-adds of VGG-16 and VGG-19-BN at 224 pixels', () => {
    // torchvision's model pages: 138,357,544 and 143,678,248 parameters with 1000 classes, 15.47 and 19.63 GFLOPS (multiply-adds).
    const small = workloadOf(vgg16, 1000);
    expect(small.weights).toBe(138_357_544);
    expect(small.trained / 1e9).toBeCloseTo(15.47, 2);
    const large = workloadOf({ ...vgg16, architecture: 'vgg19_bn' }, 1000);
    // Running means and variances of 5,504 channels are kept too, but are no parameters.
    expect(large.weights - 2 * 5504).toBe(143_678_248);
    expect(large.trained / 1e9).toBeCloseTo(19.63, 2);
  });

  it('tells the frozen part from the rest, and when it is computed once', () => {
    const frozen = workloadOf({ ...vgg16, freeze: 'backbone', head: 'compact' }, 2);
    expect(frozen).toMatchObject({ cached: true, features: 512, trained: 1024, trainedWeights: 1026 });
    expect(workloadOf({ ...vgg16, freeze: 4 }, 2).cached).toBe(false);
    expect(workloadOf({ ...vgg16, freeze: 4, augmentation: noAugmentation }, 2)).toMatchObject({
      cached: true,
      features: 128 * 112 * 112,
    });
  });
});

describe('the estimate of time', () => {
  it('takes the speed of an earlier run on the same device', () => {
    // An image in training costs three passes and its share of the step, one in validation a pass.
    const time = estimateTime(vgg16, 2, counts, machine, [speedOf(vgg16, 4)]);
    expect(time).toMatchObject({ basedOnRun: 1 });
    expect(time.epochSeconds).toBeGreaterThan(400 / 4 + 0.8 * (100 / 12));
    expect(time.epochSeconds).toBeLessThan(400 / 4 + 100 / 12);
    expect(estimateTime(vgg16, 2, counts, machine, [speedOf(vgg16, 2)]).epochSeconds).toBeCloseTo(
      2 * time.epochSeconds,
      6,
    );
    expect(time.totalSeconds).toBeGreaterThan(20 * time.epochSeconds);
  });

  it('counts what each step costs besides its images: small batches take longer', () => {
    const small = { ...vgg16, head: 'compact' as const, preprocessing: { ...vgg16.preprocessing, imageSize: 64 } };
    const epochOf = (batchSize: number) => estimateTime({ ...small, batchSize }, 2, counts, machine, []).epochSeconds;
    // Measured in processor time: 2.0 s with batches of 16, 4.4 s with batches of 2, for 64 training and 32 validation images.
    expect(epochOf(2) / epochOf(16)).toBeGreaterThan(1.7);
    expect(epochOf(2) / epochOf(16)).toBeLessThan(3);
  });

  it('prefers the run that is most alike, and heeds no other device and no cached backbone', () => {
    const smallPicture = { ...vgg16, preprocessing: { ...vgg16.preprocessing, imageSize: 64 } };
    const earlier = [
      speedOf(smallPicture, 30, 1),
      speedOf(vgg16, 4, 2),
      { ...speedOf(vgg16, 900, 3), device: 'RTX A4000' },
      speedOf({ ...vgg16, freeze: 'backbone' }, 8000, 4),
    ];
    expect(estimateTime(smallPicture, 2, counts, machine, earlier).basedOnRun).toBe(1);
    expect(estimateTime(vgg16, 2, counts, machine, earlier).basedOnRun).toBe(2);
    expect(estimateTime({ ...vgg16, freeze: 'backbone' }, 2, counts, machine, earlier).basedOnRun).toBe(2);
    expect(estimateTime(vgg16, 2, counts, machine, earlier.slice(2)).basedOnRun).toBeNull();
  });

  it('is a guess without one, and says so', () => {
    const time = estimateTime({ ...vgg16, batchSize: 8 }, 2, counts, machine, []);
    expect(time.basedOnRun).toBeNull();
    // VGG-16 with the full head trains an image in 0.21 s on two cores, and scores one in 0.06 s (docs/compute.md).
    expect(time.epochSeconds / (400 * 0.213 + 100 * 0.06)).toBeGreaterThan(0.75);
    expect(time.epochSeconds / (400 * 0.213 + 100 * 0.06)).toBeLessThan(1.25);
  });

  it('counts a frozen backbone once', () => {
    const frozen = { ...vgg16, freeze: 'backbone' as const, head: 'compact' as const, epochs: 100 };
    const time = estimateTime(frozen, 2, counts, machine, []);
    expect(time.totalSeconds).toBeGreaterThan(100 * time.epochSeconds);
    expect(time.totalSeconds).toBeLessThan(estimateTime({ ...vgg16, epochs: 2 }, 2, counts, machine, []).totalSeconds);
  });
});

describe('the estimate of disk', () => {
  const gibibyte = 1024 ** 3;

  it('holds the model twice and four checkpoints with the moments of the optimiser', () => {
    const { disk, problems } = estimateDisk(vgg16, 2, counts, 100 * gibibyte);
    const weights = workloadOf(vgg16, 2).weights * 4;
    expect(disk.neededBytes).toBe(500 * 224 * 224 + 2 * weights + 4 * 3 * weights);
    expect(problems).toEqual([]);
  });

  it('warns before the disk is full, and refuses what cannot fit', () => {
    const { neededBytes } = estimateDisk(vgg16, 2, counts, 0).disk;
    expect(estimateDisk(vgg16, 2, counts, neededBytes + gibibyte / 2).problems[0]).toMatchObject({
      severity: 'careful',
    });
    expect(estimateDisk(vgg16, 2, counts, neededBytes - 1).problems[0]).toMatchObject({ severity: 'blocks' });
    expect(estimateDisk(vgg16, 2, counts, 0).problems[0]?.remedy).toContain('compact head');
  });
});
