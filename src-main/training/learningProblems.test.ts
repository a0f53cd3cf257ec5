import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src-shared/contract/findings.ts';
import { defaultRunConfiguration, type RunConfiguration } from '../../src-shared/contract/training.ts';
import { findingProblems, learningProblems } from './learningProblems.ts';
import type { DatasetImage } from './images.ts';

const images = (counts: Record<string, number>): DatasetImage[] =>
  Object.entries(counts).flatMap(([className, count], place) =>
    Array.from({ length: count }, (_, index) => ({
      imageId: 1000 * place + index,
      path: '/image',
      fileName: 'image',
      frame: 0,
      fileSha256: 'a'.repeat(64),
      pixelSha256: null,
      classId: place,
      className,
      set: 'training' as const,
      patientId: index,
      pseudonym: `P${index}`,
    })),
  );

const messages = (changes: Partial<RunConfiguration>, counts: Record<string, number>) =>
  learningProblems({ ...defaultRunConfiguration, ...changes }, images(counts)).map(({ message }) => message);

describe('what the preflight says about learning', () => {
  it('names classes of few images', () => {
    expect(messages({}, { with: 12, without: 100 })).toEqual(['The training set has only 12 images of with.']);
    expect(messages({}, { with: 20, without: 100 })).toEqual([]);
  });

  it('warns of unequal classes that nothing makes up for, and of making up for them twice', () => {
    const counts = { with: 30, without: 150 };
    expect(messages({ classWeights: 'none' }, counts)).toEqual([expect.stringContaining('5 times as many')]);
    expect(messages({ classWeights: 'none', sampling: 'balanced' }, counts)).toEqual([]);
    expect(messages({ sampling: 'balanced' }, counts)).toEqual([expect.stringContaining('twice')]);
  });

  it('refuses to freeze more convolutions than there are', () => {
    const counts = { with: 30, without: 30 };
    expect(messages({ architecture: 'vgg16', freeze: 13 }, counts)).toEqual([]);
    expect(messages({ architecture: 'vgg16', freeze: 14 }, counts)).toEqual([
      'VGG-16 has 13 convolutions: 14 cannot be frozen.',
    ]);
  });

  it('finds schedules and patience that do not fit the epochs', () => {
    const counts = { with: 30, without: 30 };
    const cosine = { kind: 'cosine', warmupEpochs: 20, finalShare: 0 } as const;
    expect(messages({ schedule: cosine, epochs: 20 }, counts)).toEqual([expect.stringContaining('warm-up')]);
    const step = { kind: 'step', everyEpochs: 20, factor: 0.1 } as const;
    expect(messages({ schedule: step, epochs: 20 }, counts)).toEqual([expect.stringContaining('first be lowered')]);
    expect(messages({ earlyStopping: { patience: 20 }, epochs: 20 }, counts)).toEqual([
      expect.stringContaining('never acts'),
    ]);
  });
});

describe('findings in the preflight', () => {
  const finding = (changes: Partial<Finding>): Finding => ({
    id: 'near-duplicate:training:test',
    code: 'NEAR_DUPLICATE_IN_TWO_SETS',
    kind: 'leakage',
    state: 'open',
    message: '3 near-duplicates are in training and test',
    sets: ['training', 'test'],
    images: [],
    imageCount: 6,
    cases: { open: 3, accepted: 0, resolved: 0 },
    reasons: [],
    ...changes,
  });

  it('are those that nobody has decided on', () => {
    expect(findingProblems([finding({}), finding({ state: 'accepted' }), finding({ state: 'resolved' })])).toEqual([
      expect.objectContaining({ severity: 'careful', message: '3 near-duplicates are in training and test' }),
    ]);
  });

  it('leave out what the preflight says itself', () => {
    const shared = finding({ code: 'PATIENT_IN_TWO_SETS', sets: ['training', 'validation'] });
    expect(findingProblems([shared])).toEqual([]);
    expect(findingProblems([{ ...shared, sets: ['training', 'test'] }])).toHaveLength(1);
  });
});
