import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { kappaSchema, type Kappa } from '../../../src-shared/contract/metrics.ts';
import { answerSchema, type Answer } from '../../../src-shared/contract/review.ts';
import { reviewAgreement, type ReviewState } from './agreement.ts';
import { answerOf, standingOf, verdictOnPrediction } from './answer.ts';

/** Made by scripts/oracles/agreement.py with scikit-learn. */
const fixture = z
  .array(
    z.object({
      name: z.string(),
      model: z.array(z.number()),
      A: z.array(answerSchema),
      B: z.array(answerSchema),
      withModel: z.object({ A: kappaSchema, B: kappaSchema }),
      readers: kappaSchema,
      disputed: z.number(),
    }),
  )
  .parse(
    JSON.parse(
      readFileSync(new URL('../../../test/fixtures/evaluation/agreement.json', import.meta.url), 'utf8'),
    ) as unknown,
  );

function expectKappa(found: Kappa, expected: Kappa, what: string): void {
  expect(found.n, what).toBe(expected.n);
  for (const part of ['value', 'low', 'high', 'agreement'] as const) {
    if (expected[part] === null) expect(found[part], `${what} ${part}`).toBeNull();
    else expect(Math.abs(found[part]! - expected[part]), `${what} ${part}`).toBeLessThan(1e-9);
  }
}

const state = (reader: string, imageId: number, answer: Answer, calledPositive: boolean): ReviewState => ({
  imageId,
  reader,
  role: 'reader',
  verdict: 'agree',
  answer,
  blinded: false,
  seconds: null,
  calledPositive,
});

describe('agreement equals scikit-learn and the definition to 1e-9', () => {
  it.each(fixture.map((one) => [one.name, one] as const))('%s', (_name, { model, A, B, ...expected }) => {
    const states = [
      ...A.map((answer, image) => state('A', image, answer, model[image] === 1)),
      ...B.map((answer, image) => state('B', image, answer, model[image] === 1)),
    ];
    const found = reviewAgreement({ predictions: model.length, states, relabelled: 0, excluded: 0 });
    expectKappa(found.readers[0]!.model, expected.withModel.A, 'A and model');
    expectKappa(found.readers[1]!.model, expected.withModel.B, 'B and model');
    expectKappa(found.pairs[0]!.kappa, expected.readers, 'A and B');
    expect(found.disputed).toBe(expected.disputed);
    expect(found.readers[0]!.unsure).toBe(A.filter((answer) => answer === 'unsure').length);
  });
});

it('pairs only cases that both readers have, whatever their order', () => {
  const states = [state('A', 1, 'positive', true), state('A', 2, 'negative', true), state('B', 2, 'negative', true)];
  const found = reviewAgreement({ predictions: 5, states, relabelled: 0, excluded: 0 });
  expect(found.pairs[0]!.kappa).toMatchObject({ n: 1, agreement: 1, value: null });
  expect(found.readers.map((one) => [one.answered, one.agree])).toEqual([
    [2, 1],
    [1, 0],
  ]);
});

it('takes the median of an even and of an odd number of times', () => {
  const timed = (seconds: number[]) =>
    reviewAgreement({
      predictions: 9,
      states: seconds.map((one, image) => ({ ...state('A', image, 'positive', true), seconds: one })),
      relabelled: 0,
      excluded: 0,
    }).readers[0]!.medianSeconds;
  expect(timed([9, 1, 2])).toBe(2);
  expect(timed([9, 1, 2, 4])).toBe(3);
});

describe('what a verdict says of the image', () => {
  const called = { calledPositive: true };

  it('agreeing repeats the model’s call, disagreeing is the other one, a named class decides', () => {
    expect(answerOf('agree', called, null)).toBe('positive');
    expect(answerOf('disagree', called, null)).toBe('negative');
    expect(answerOf('relabel', called, { positive: false })).toBe('negative');
    expect(answerOf('unsure', called, null)).toBe('unsure');
    expect(answerOf('exclude', called, null)).toBe('excluded');
  });

  it('agreement follows from a blinded answer, and from an answer when the operating point has moved', () => {
    expect(verdictOnPrediction(called, { positive: false })).toBe('disagree');
    expect(standingOf('negative', { calledPositive: false })).toBe('agree');
    expect(standingOf('excluded', called)).toBeNull();
    expect(standingOf(null, called)).toBeNull();
  });
});
