import { describe, expect, it } from 'vitest';
import { defaultRunConfiguration, noAugmentation, type RunConfiguration } from '../../src-shared/contract/training.ts';
import { estimateDisk, estimateTime, type EarlierSpeed } from './outlook.ts';
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
    const time = estimateTime(vgg16, 2, counts, machine, [speedOf(vgg16, 4)]);
    // 400 images of three passes and 100 of one, at 4 images of three passes a second.
    expect(time.epochSeconds).toBeCloseTo(400 / 4 + 100 / 12, 1);
    expect(time).toMatchObject({ basedOnRun: 1 });
    expect(time.totalSeconds).toBeCloseTo(20 * time.epochSeconds, 6);
  });

  it('prefers the run that is most alike, and heeds no other device', () => {
    const smallPicture = { ...vgg16, preprocessing: { ...vgg16.preprocessing, imageSize: 64 } };
    const earlier = [
      speedOf(smallPicture, 30, 1),
      speedOf(vgg16, 4, 2),
      { ...speedOf(vgg16, 900, 3), device: 'RTX A4000' },
    ];
    expect(estimateTime(smallPicture, 2, counts, machine, earlier).basedOnRun).toBe(1);
    expect(estimateTime(vgg16, 2, counts, machine, earlier).basedOnRun).toBe(2);
  });

  it('is a guess without one, and says so', () => {
    const time = estimateTime(vgg16, 2, counts, machine, []);
    expect(time.basedOnRun).toBeNull();
    // VGG-16 trains an image in 0.17 to 0.31 s on two threads of the processor that was measured (docs/compute.md).
    expect(time.epochSeconds / 400).toBeGreaterThan(0.1);
    expect(time.epochSeconds / 400).toBeLessThan(0.9);
  });

  it('counts a frozen backbone once', () => {
    const frozen = { ...vgg16, freeze: 'backbone' as const, epochs: 100 };
    const time = estimateTime(frozen, 2, counts, machine, []);
    expect(time.totalSeconds).toBeGreaterThan(100 * time.epochSeconds);
    expect(time.totalSeconds).toBeLessThan(
      estimateTime({ ...vgg16, epochs: 2 }, 2, counts, machine, []).totalSeconds * 2,
    );
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
