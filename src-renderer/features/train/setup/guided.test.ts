import { describe, expect, it } from 'vitest';
import type { FoundWeights } from '../../../../src-shared/contract/modelFiles.ts';
import { defaultRunConfiguration, runConfigurationSchema } from '../../../../src-shared/contract/training.ts';
import {
  consistentChoices,
  guidedConfiguration,
  recommendedArchitecture,
  recommendedChoices,
  type GuidedChoices,
} from './guided.ts';

const weightsOf = (architecture: 'vgg16' | 'vgg19_bn'): FoundWeights => ({
  path: `/weights/${architecture}.pth`,
  fileName: `${architecture}.pth`,
  bytes: 1,
  from: 'kept',
  architecture,
  description: '',
});
const facts = { trainingImages: 300, onGraphicsCard: false, found: [] as FoundWeights[] };

describe('guided set-up', () => {
  it('recommends weights that are there, and how much learns by how many images there are', () => {
    expect(recommendedChoices(facts)).toEqual({
      architecture: 'vgg19_bn',
      weights: null,
      depth: 'all',
      length: 'usual',
    });
    const found = [weightsOf('vgg19_bn')];
    expect(recommendedChoices({ ...facts, found })).toMatchObject({ weights: '/weights/vgg19_bn.pth', depth: 'head' });
    expect(recommendedChoices({ ...facts, found, trainingImages: 1500 }).depth).toBe('upper');
    expect(recommendedChoices({ ...facts, found, onGraphicsCard: true }).depth).toBe('upper');
    expect(recommendedChoices({ ...facts, found, trainingImages: 5000 }).depth).toBe('all');
    expect(recommendedArchitecture({ ...facts, found: [weightsOf('vgg16')] }).value).toBe('vgg16');
  });

  it('never freezes random weights', () => {
    const choices: GuidedChoices = { architecture: 'vgg16', weights: null, depth: 'head', length: 'short' };
    expect(consistentChoices(choices).depth).toBe('all');
    expect(guidedConfiguration(choices, defaultRunConfiguration, facts).freeze).toBe('none');
  });

  it('always gives a configuration that the contract accepts, and keeps window and seed', () => {
    const base = { ...defaultRunConfiguration, seed: 7, preprocessing: { imageSize: 64, window: null } };
    for (const architecture of ['vgg16', 'vgg19_bn'] as const)
      for (const weights of [null, '/w.pth'])
        for (const depth of ['head', 'upper', 'all'] as const)
          for (const length of ['short', 'usual', 'thorough'] as const) {
            const made = guidedConfiguration({ architecture, weights, depth, length }, base, facts);
            expect(runConfigurationSchema.parse(made)).toEqual(made);
            expect(made).toMatchObject({ seed: 7, preprocessing: { window: null } });
          }
  });
});
