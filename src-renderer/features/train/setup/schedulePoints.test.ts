import { expect, it } from 'vitest';
import { defaultRunConfiguration } from '../../../../src-shared/contract/training.ts';
import { schedulePoints, usualSchedules } from './schedulePoints.ts';

const run = { ...defaultRunConfiguration, epochs: 10, batchSize: 10, learningRate: 0.01 };

it('ends with the last step, in as many points as a curve needs', () => {
  const points = schedulePoints({ ...run, epochs: 1000 }, 100);
  expect(points).toHaveLength(200);
  expect(points[0]).toEqual([0, 0.01]);
  expect(points.at(-1)?.[0]).toBeCloseTo(999.9);
});

it('shows what each schedule does', () => {
  const rates = (schedule: (typeof usualSchedules)[keyof typeof usualSchedules]) =>
    schedulePoints({ ...run, schedule }, 100).map(([, rate]) => rate);
  expect(new Set(rates(usualSchedules.constant))).toEqual(new Set([0.01]));
  expect(rates(usualSchedules.step).at(-1)).toBeCloseTo(0.003);
  const cosine = rates(usualSchedules.cosine);
  expect(cosine[0]).toBeLessThan(0.001);
  expect(Math.max(...cosine)).toBeCloseTo(0.01);
  expect(cosine.at(-1)).toBeLessThan(0.0005);
  const cycle = rates(usualSchedules.oneCycle);
  expect(cycle.indexOf(Math.max(...cycle)) / cycle.length).toBeCloseTo(0.3, 1);
});

it('is empty while a field is empty', () => {
  expect(schedulePoints({ ...run, epochs: Number.NaN }, 100)).toEqual([]);
  expect(schedulePoints({ ...run, batchSize: 0 }, 100)).toEqual([]);
});
