import { describe, expect, it } from 'vitest';
import { searchRequestSchema } from '../../../src-shared/contract/search.ts';
import { defaultAugmentation, defaultRunConfiguration, noAugmentation } from '../../../src-shared/contract/training.ts';
import { configureTrial, drawTrial, gridPoints, problemOf, strengthened, trialSeed } from './draw.ts';

const request = searchRequestSchema.parse({
  base: defaultRunConfiguration,
  method: 'random',
  budget: { trials: 100 },
  seed: 7,
  space: {
    parameters: {
      learningRate: { kind: 'logUniform', low: 1e-5, high: 1e-2 },
      batchSize: { kind: 'choice', values: [4, 8] },
      augmentationStrength: { kind: 'uniform', low: 0, high: 2 },
    },
  },
});

describe('the values of a trial', () => {
  it('follow from seed and number alone', () => {
    expect(drawTrial(request, 5)).toEqual(drawTrial(request, 5));
    expect(drawTrial(request, 5)).not.toEqual(drawTrial(request, 6));
    expect(drawTrial({ ...request, seed: 8 }, 5)).not.toEqual(drawTrial(request, 5));
    const more = { ...request.space.parameters, weightDecay: { kind: 'choice' as const, values: [0] } };
    const wider = { ...request, space: { ...request.space, parameters: more } };
    expect(drawTrial(wider, 5)).toMatchObject(drawTrial(request, 5));
  });

  it('fill a range evenly on its scale and stay within', () => {
    const rates = Array.from({ length: 3000 }, (_unused, place) => Number(drawTrial(request, place + 1).learningRate));
    expect(Math.min(...rates)).toBeGreaterThanOrEqual(1e-5);
    expect(Math.max(...rates)).toBeLessThanOrEqual(1e-2);
    // A third of the draws in each decade; 3000 draws put a share within 0.04 of it with far more than 99.99 %.
    for (const low of [1e-5, 1e-4, 1e-3]) {
      const share = rates.filter((rate) => rate >= low && rate < low * 10).length / rates.length;
      expect(Math.abs(share - 1 / 3)).toBeLessThan(0.04);
    }
  });

  it('make a whole configuration with a seed of its own', () => {
    const choice = drawTrial(request, 3);
    const configuration = configureTrial(request, 3, choice);
    expect(configuration).toMatchObject({ learningRate: choice.learningRate, batchSize: choice.batchSize });
    expect(configuration.seed).toBe(trialSeed(7, 3));
    expect(trialSeed(7, 3)).not.toBe(trialSeed(7, 4));
    expect(configuration.epochs).toBe(defaultRunConfiguration.epochs);
    const stepwise = configureTrial(request, 3, { ...choice, schedule: 'step' });
    expect(stepwise.schedule).toEqual({ kind: 'step', everyEpochs: 6, factor: 0.1 });
  });
});

describe('the strength of the augmentation', () => {
  it('is none at 0, as given at 1, and stays within what is allowed', () => {
    expect(strengthened(defaultAugmentation, 0)).toMatchObject(noAugmentation);
    expect(strengthened(defaultAugmentation, 1)).toEqual(defaultAugmentation);
    expect(strengthened(noAugmentation, 1)).toEqual(defaultAugmentation);
    expect(strengthened(defaultAugmentation, 50)).toMatchObject({ cropScale: 0.08, brightness: 0.9, contrast: 0.9 });
  });
});

describe('a grid', () => {
  it('holds every combination once, the ends of each range among them, in an order of the seed', () => {
    const grid = gridPoints(request);
    expect(grid).toHaveLength(3 * 2 * 3);
    expect(new Set(grid.map((choice) => JSON.stringify(choice))).size).toBe(18);
    expect(new Set(grid.map(({ learningRate }) => learningRate))).toEqual(new Set([1e-5, 3.162e-4, 1e-2]));
    expect(gridPoints({ ...request, seed: 8 })).not.toEqual(grid);
    expect(drawTrial({ ...request, method: 'grid' }, 18)).toEqual(grid[17]);
  });
});

describe('a range', () => {
  it('that leaves what a training takes is said before anything begins', () => {
    const withRange = (parameters: object) => ({ ...request, space: { ...request.space, parameters } });
    expect(problemOf(request)).toBeNull();
    expect(problemOf(withRange({ labelSmoothing: { kind: 'uniform', low: 0, high: 0.9, points: 3 } }))).toContain(
      'labelSmoothing 0.9',
    );
    const both = withRange({ architecture: { kind: 'choice', values: ['vgg16', 'vgg19_bn'] } });
    expect(problemOf(both)).toBeNull();
    expect(problemOf({ ...both, base: { ...both.base, weights: '/weights.pth' } })).toContain('one architecture');
  });
});

describe('a search space', () => {
  const parse = (parameters: object) => searchRequestSchema.shape.space.safeParse({ parameters });
  it('is refused with nothing in it, with ends the wrong way round, with values no training takes', () => {
    expect(parse({}).success).toBe(false);
    expect(parse({ learningRate: { kind: 'uniform', low: 1, high: 0.1 } }).success).toBe(false);
    expect(parse({ learningRate: { kind: 'logUniform', low: 0, high: 0.1 } }).success).toBe(false);
    expect(parse({ batchSize: { kind: 'choice', values: [0] } }).success).toBe(false);
    expect(parse({ optimiser: { kind: 'choice', values: ['adagrad'] } }).success).toBe(false);
    expect(parse({ imageSize: { kind: 'choice', values: [64] } }).success).toBe(false);
  });
});
