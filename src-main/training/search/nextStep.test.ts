import { describe, expect, it } from 'vitest';
import { defaultRunConfiguration, type EpochRecord } from '../../../src-shared/contract/training.ts';
import { rungsOf, type SearchPlan } from '../../../src-shared/domain/searchBudget.ts';
import { nextStep, type KnownTrial } from './nextStep.ts';

const records = (...accuracies: number[]): EpochRecord[] =>
  accuracies.map((accuracy, place) => ({
    epoch: place + 1,
    training: { loss: 0.5, accuracy: 0.5 },
    validation: { loss: 1 - accuracy, accuracy, auc: accuracy, sensitivity: null, specificity: null },
    learningRate: 1e-3,
    seconds: 1,
    imagesPerSecond: 1,
    etaSeconds: null,
    best: false,
  }));

const trial = (number: number, change: Partial<KnownTrial>): KnownTrial => ({
  number,
  state: 'paused',
  targetEpoch: 1,
  records: records(0.5),
  ...change,
});

const plan: SearchPlan = { rungs: [1, 3, 9], reduction: 3, trials: 9 };

describe('rungs of a search', () => {
  const request = (epochs: number, firstRung: number | null) => ({
    method: 'halving' as const,
    base: { ...defaultRunConfiguration, epochs },
    halving: { reduction: 3, firstRung },
  });
  it('are a ninth and a third of the training and the whole of it', () => {
    expect(rungsOf(request(9, null))).toEqual([1, 3, 9]);
    expect(rungsOf(request(20, null))).toEqual([2, 6, 18, 20]);
    expect(rungsOf(request(3, null))).toEqual([1, 3]);
  });
  it('begin where they were told to', () => expect(rungsOf(request(20, 5))).toEqual([5, 15, 20]));
  it('are the whole training alone for grid and random search', () =>
    expect(rungsOf({ ...request(20, 5), method: 'random' })).toEqual([20]));
});

describe('the next step of a search', () => {
  it('draws a new trial while no third of a rung can go on', () => {
    expect(nextStep(plan, [])).toEqual({ kind: 'draw', number: 1, targetEpoch: 1 });
    const two = [trial(1, { records: records(0.9) }), trial(2, { records: records(0.6) })];
    expect(nextStep(plan, two)).toEqual({ kind: 'draw', number: 3, targetEpoch: 1 });
  });

  it('lets the best of three go on, not the first', () => {
    const three = [0.6, 0.9, 0.7].map((accuracy, place) => trial(place + 1, { records: records(accuracy) }));
    expect(nextStep(plan, three)).toEqual({ kind: 'goOn', number: 2, targetEpoch: 3 });
  });

  it('decides ties by validation loss, then by number', () => {
    const even = [1, 2, 3].map((number) => trial(number, { records: records(0.8) }));
    expect(nextStep(plan, even)).toMatchObject({ number: 1 });
    even[2]!.records[0]!.validation.loss = 0.1;
    expect(nextStep(plan, even)).toMatchObject({ number: 3 });
  });

  it('does not wait for others to decide: a trial under way counts only at rungs that it has passed', () => {
    const trials = [
      trial(1, { state: 'running', targetEpoch: 3, records: records(0.9, 0.9) }),
      trial(2, { records: records(0.8) }),
      trial(3, { records: records(0.7) }),
      trial(4, { state: 'running', records: [] }),
    ];
    // Trial 1 holds the one place that three arrivals give; the next is drawn.
    expect(nextStep(plan, trials)).toEqual({ kind: 'draw', number: 5, targetEpoch: 1 });
  });

  it('prefers the higher rung', () => {
    const high = [1, 2, 3].map((number) =>
      trial(number, { targetEpoch: 3, records: records(0.5, 0.5, 0.5 + number / 10) }),
    );
    const low = [4, 5, 6, 7, 8, 9].map((number) => trial(number, { records: records(0.95) }));
    expect(nextStep(plan, [...high, ...low])).toEqual({ kind: 'goOn', number: 3, targetEpoch: 9 });
  });

  it('puts a trial whose worker was lost before everything else', () => {
    const trials = [0.6, 0.9, 0.7].map((accuracy, place) => trial(place + 1, { records: records(accuracy) }));
    trials.push(trial(4, { state: 'waiting', targetEpoch: 3, records: records(0.1, 0.1) }));
    expect(nextStep(plan, trials)).toEqual({ kind: 'goOn', number: 4, targetEpoch: 3 });
  });

  it('counts a failed trial nowhere', () => {
    const trials = [trial(1, { state: 'failed', records: records(0.99) }), trial(2, {}), trial(3, {})];
    expect(nextStep(plan, trials)).toMatchObject({ kind: 'draw' });
  });

  it('waits at the end of the budget for those under way, then lets the best go to the end, then is done', () => {
    const small = { ...plan, trials: 2 };
    const running = [trial(1, { records: records(0.6) }), trial(2, { state: 'running', records: [] })];
    expect(nextStep(small, running)).toEqual({ kind: 'wait' });
    const paused = [trial(1, { records: records(0.6) }), trial(2, { records: records(0.7) })];
    expect(nextStep(small, paused)).toEqual({ kind: 'goOn', number: 2, targetEpoch: 3 });
    paused[1] = trial(2, { state: 'paused', targetEpoch: 3, records: records(0.7, 0.7, 0.7) });
    expect(nextStep(small, paused)).toEqual({ kind: 'goOn', number: 2, targetEpoch: 9 });
    paused[1] = trial(2, { state: 'finished', targetEpoch: 9, records: records(0.7, 0.7, 0.7) });
    expect(nextStep(small, paused)).toEqual({ kind: 'done' });
  });

  it('of nine trials in turn: nine to the first rung, three on, one to the end', () => {
    const trials: KnownTrial[] = [];
    const reached = { 1: 0, 3: 0, 9: 0 } as Record<number, number>;
    for (;;) {
      const step = nextStep(plan, trials);
      if (step.kind === 'done' || step.kind === 'wait') break;
      // The ninth trial drawn is the best, so that promotions come late as well.
      const accuracy = 0.5 + step.number / 100;
      const done = trial(step.number, {
        targetEpoch: step.targetEpoch,
        state: step.targetEpoch === 9 ? 'finished' : 'paused',
        records: records(...Array.from({ length: step.targetEpoch }, () => accuracy)),
      });
      reached[step.targetEpoch]! += 1;
      if (step.kind === 'draw') trials.push(done);
      else trials[step.number - 1] = done;
    }
    expect(trials).toHaveLength(9);
    expect(reached[1]).toBe(9);
    expect(reached[3]).toBeGreaterThanOrEqual(3);
    expect(reached[9]).toBeGreaterThanOrEqual(1);
    expect(trials[8]!.targetEpoch).toBe(9);
  });
});
