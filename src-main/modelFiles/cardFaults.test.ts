import { describe, expect, it } from 'vitest';
import { defaultRunConfiguration, modelCardSchema, type ModelCard } from '../../src-shared/contract/training.ts';
import { faultsOfCard } from './cardFaults.ts';

const { architecture, head, preprocessing } = defaultRunConfiguration;
const card = modelCardSchema.parse({
  format: 'parenchyma-model',
  version: 1,
  architecture,
  head,
  classes: ['none', 'some', 'much'],
  positiveClass: 'some',
  preprocessing,
  epoch: 3,
  validation: { loss: 0.4, accuracy: 0.9, auc: 0.95, sensitivity: 0.9, specificity: 0.9 },
  configuration: defaultRunConfiguration,
  initialWeightsSha256: null,
  weightsSha256: 'a'.repeat(64),
  snapshotSha256: 'b'.repeat(64),
  softwareVersion: 'test',
  backend: {
    backend: 'tensorflow',
    libraryVersion: 'TensorFlow',
    device: 'CPU',
    driver: null,
    memoryBytes: null,
    threads: 2,
  },
  createdAt: '2026-01-01T00:00:00Z',
});

const damaged: [string, Partial<ModelCard>, string][] = [
  ['a class twice', { classes: ['none', 'some', 'some'] }, 'a class stands there twice'],
  ['a class without a name', { classes: ['none', 'some', ' '] }, 'a class has no name'],
  ['a class with a novel for a name', { classes: ['none', 'some', 'x'.repeat(65)] }, 'a class has no name'],
  ['another positive class', { positiveClass: 'all' }, 'the positive class is none of the classes'],
  ['no deviation', { normalisation: { mean: [0, 0, 0], deviation: [1, 0, 1] } }, 'deviation'],
  ['another image size', { preprocessing: { ...preprocessing, imageSize: 96 } }, 'preprocessing is not that'],
  ['another window', { preprocessing: { ...preprocessing, window: null } }, 'preprocessing is not that'],
  ['another head', { head: head === 'full' ? 'compact' : 'full' }, 'head is not that'],
];

describe("a model's card", () => {
  it('is without fault as it was written', () => expect(faultsOfCard(card)).toEqual([]));

  it.each(damaged)('is found out with %s', (_name, change, fault) => {
    expect(faultsOfCard({ ...card, ...change })).toEqual([expect.stringContaining(fault)]);
  });
});
