import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { scheduleSchema, type Schedule } from '../../../src-shared/contract/training.ts';
import { beyondSchedule, learningRateAt } from '../../../src-shared/domain/schedule.ts';

/** Made by scripts/oracles/learning.py with torch.optim.lr_scheduler. */
const fixture: {
  learningRate: number;
  stepsPerEpoch: number;
  schedules: { schedule: unknown; epochs: number; rates: number[] }[];
} = JSON.parse(readFileSync(new URL('../../../test/fixtures/compute/learning.json', import.meta.url), 'utf8'));

const { learningRate, stepsPerEpoch } = fixture;

function rates(schedule: Schedule, epochs: number, scheduleEpochs: number | null = null): number[] {
  const configuration = { learningRate, schedule, epochs, scheduleEpochs };
  return Array.from({ length: epochs * stepsPerEpoch }, (_, step) =>
    learningRateAt(configuration, stepsPerEpoch, step),
  );
}

describe('the learning rate of every step', () => {
  it.each(fixture.schedules)('is torch’s: $schedule over $epochs epochs', ({ schedule, epochs, rates: expected }) => {
    const found = rates(scheduleSchema.parse(schedule), epochs);
    expect(found).toHaveLength(expected.length);
    found.forEach((rate, step) => expect(Math.abs(rate - expected[step]!)).toBeLessThan(1e-12));
  });

  it('stays the same without a schedule', () => {
    expect(new Set(rates({ kind: 'constant' }, 3))).toEqual(new Set([learningRate]));
  });

  it('of an extended run is unchanged within its first span', () => {
    for (const { schedule, epochs, rates: expected } of fixture.schedules) {
      const found = rates(scheduleSchema.parse(schedule), epochs + 2, epochs);
      found.slice(0, expected.length).forEach((rate, step) => expect(rate).toBeCloseTo(expected[step]!, 12));
    }
  });

  it('goes on above 0 where a schedule has ended, as the words say', () => {
    const cosine: Schedule = { kind: 'cosine', warmupEpochs: 1, finalShare: 0 };
    expect(new Set(rates(cosine, 5, 3).slice(3 * stepsPerEpoch))).toEqual(new Set([learningRate * 0.01]));
    expect(beyondSchedule({ learningRate, schedule: cosine })).toContain('0.0002');
    const cycle: Schedule = { kind: 'oneCycle', peakAt: 0.3 };
    expect(new Set(rates(cycle, 5, 3).slice(3 * stepsPerEpoch))).toEqual(new Set([learningRate / 25]));
    expect(beyondSchedule({ learningRate, schedule: cycle })).toContain('0.0008');
  });

  it('is a number also where the training has one step, and where the warm-up takes all of it', () => {
    const one = (schedule: Schedule) =>
      learningRateAt({ learningRate, schedule, epochs: 1, scheduleEpochs: null }, 1, 0);
    expect(one({ kind: 'oneCycle', peakAt: 0.3 })).toBeCloseTo(learningRate, 12);
    expect(one({ kind: 'cosine', warmupEpochs: 5, finalShare: 0 })).toBeCloseTo(learningRate * 0.01, 12);
  });
});
