import { describe, expect, it } from 'vitest';
import type { TrainJob } from '../../../src-shared/contract/compute.ts';
import { defaultRunConfiguration } from '../../../src-shared/contract/training.ts';
import { createKeeper } from './checkpoints/keeper.ts';
import { identityOf } from './checkpoints/state.ts';
import { createDivergenceWatch } from './divergence.ts';
import { Paused, startWatch } from './progress.ts';

describe('the rule of divergence', () => {
  const watch = () => createDivergenceWatch(2, 0.03);

  it('ends a training whose loss is no number, and names a smaller learning rate', () => {
    expect(() => watch().add(Number.NaN, 3)).toThrow('in epoch 3: the loss is no longer a number');
    expect(() => watch().add(Infinity, 1)).toThrow('a learning rate of 0.01 instead of 0.03');
  });

  it('ends one whose loss stays above twenty times that of guessing, and lets excursions pass', () => {
    const short = watch();
    for (let step = 0; step < 100; step += 1) short.add(step % 5 === 0 ? 40 : 0.7, 1);
    const long = watch();
    const steps = Array.from({ length: 40 }, () => 15);
    expect(() => steps.forEach((loss) => long.add(loss, 2))).toThrow('mean loss of the last 20 steps is 15.0');
  });

  it('finds no state worth keeping while the loss is above the limit, and remembers its losses', () => {
    const first = watch();
    first.add(0.6, 1);
    expect(first.healthy()).toBe(true);
    first.add(100, 1);
    expect(first.healthy()).toBe(false);
    expect(createDivergenceWatch(2, 0.03, first.lastLosses()).lastLosses()).toEqual([0.6, 100]);
  });
});

describe('when a checkpoint is written', () => {
  function keeperWith(everySeconds: number) {
    const state = { now: 0, writes: 0, pausing: false, healthy: true };
    const keeper = createKeeper({
      write: async () => void (state.writes += 1),
      everySeconds,
      pausing: () => state.pausing,
      healthy: () => state.healthy,
      now: () => state.now,
    });
    return { state, keeper };
  }

  it('is after every epoch, and within one when the time has passed since the last', async () => {
    const { state, keeper } = keeperWith(300);
    await keeper.betweenSteps();
    expect(state.writes).toBe(0);
    state.now = 299_000;
    await keeper.afterEpoch();
    expect(state.writes).toBe(1);
    state.now = 598_000;
    await keeper.betweenSteps();
    expect(state.writes).toBe(1);
    state.now = 599_000;
    await keeper.betweenSteps();
    expect(state.writes).toBe(2);
  });

  it('is before a pause, unless the state is not worth keeping', async () => {
    const { state, keeper } = keeperWith(300);
    state.pausing = true;
    await expect(keeper.betweenSteps()).rejects.toBeInstanceOf(Paused);
    expect(state.writes).toBe(1);
    state.healthy = false;
    await expect(keeper.betweenSteps()).rejects.toBeInstanceOf(Paused);
    expect(state.writes).toBe(1);
  });
});

describe('the watch', () => {
  it('counts a night asleep as one step of the usual length, but believes slow steps', () => {
    let now = 0;
    const lap = startWatch(() => now);
    const after = (seconds: number) => {
      now += seconds * 1000;
      return lap();
    };
    expect(after(2)).toBe(2);
    expect(after(4)).toBe(4);
    expect(after(8 * 3600)).toBe(3);
    expect(after(90)).toBe(90);
  });
});

describe('the identity of a training', () => {
  const job = (changes: Partial<TrainJob['configuration']>): TrainJob => ({
    kind: 'train',
    job: 'one',
    runDirectory: '/run',
    cacheDirectory: '/cache',
    inputs: { path: '/inputs', size: 224, count: 2 },
    items: [{ index: 0, label: 0, set: 'training' }],
    classes: ['a', 'b'],
    positive: 1,
    configuration: { ...defaultRunConfiguration, ...changes },
    snapshotSha256: 'a'.repeat(64),
    softwareVersion: 'test',
    resume: true,
    stopAfterEpoch: null,
    checkpointEverySeconds: 300,
  });
  const identity = (changes: Partial<TrainJob['configuration']>) => identityOf(job(changes), null);
  const cosine = { kind: 'cosine', warmupEpochs: 0, finalShare: 0 } as const;

  it('is the same for more epochs, unless the schedule spans them', () => {
    expect(identity({ epochs: 30 })).toBe(identity({}));
    expect(identity({ schedule: cosine, epochs: 30 })).not.toBe(identity({ schedule: cosine }));
    expect(identity({ schedule: cosine, epochs: 30, scheduleEpochs: 20 })).toBe(identity({ schedule: cosine }));
    expect(identity({ earlyStopping: { patience: 3 } })).toBe(identity({}));
  });

  it('is another for another seed, rate, data or weights', () => {
    expect(identity({ seed: 2 })).not.toBe(identity({}));
    expect(identity({ learningRate: 1e-5 })).not.toBe(identity({}));
    expect(identityOf({ ...job({}), snapshotSha256: 'b'.repeat(64) }, null)).not.toBe(identity({}));
    expect(identityOf(job({}), 'c'.repeat(64))).not.toBe(identity({}));
  });
});
