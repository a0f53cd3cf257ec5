import { expect, it } from 'vitest';
import type { Preflight } from '../../../../src-shared/contract/runs.ts';
import { preflightLines, roughDuration } from './preflightWords.ts';

const gibibyte = 1024 ** 3;
const fine: Preflight = {
  ready: true,
  problems: [],
  images: { training: 400, validation: 100, test: 100 },
  memory: {
    estimate: { hostBytes: 2 * gibibyte, deviceBytes: null },
    available: { hostBytes: 8 * gibibyte, deviceBytes: null },
    largestBatch: 64,
    device: 'CPU',
  },
  engine: { backend: 'tensorflow', libraryVersion: '2', device: 'CPU', driver: null, memoryBytes: null, threads: 2 },
  time: { epochSeconds: 18.4, totalSeconds: 368, basedOnRun: 3 },
  disk: { neededBytes: gibibyte, freeBytes: 100 * gibibyte },
};

it('always has the same lines, so that nothing jumps', () => {
  const names = (preflight: Preflight | null) => preflightLines(preflight).map((line) => line.name);
  expect(names(null)).toEqual(['Engine', 'Images', 'Memory', 'Time', 'Disk']);
  expect(names(fine)).toEqual(names(null));
  expect(names({ ...fine, memory: null, engine: null, time: null, disk: null })).toEqual(names(null));
});

it('says what was found, and how it is known', () => {
  expect(preflightLines(fine).map((line) => line.words)).toEqual([
    'TensorFlow on the processor, CPU; its self-test was passed.',
    '400 training, 100 validation. 100 test, not touched.',
    'About 2.0 GiB of 8.0 GiB free. A batch of 64 at most.',
    'About 6 min, 18 s an epoch. By run 3.',
    'Up to 1.0 GiB of 100.0 GiB free.',
  ]);
  const [, , , time, disk] = preflightLines({
    ...fine,
    time: { epochSeconds: 1, totalSeconds: 9000, basedOnRun: null },
    disk: { neededBytes: 2, freeBytes: 1 },
  });
  expect(time).toMatchObject({ tone: 'unknown', words: expect.stringContaining('A guess') });
  expect(disk?.tone).toBe('wrong');
});

it('adds up what several runs take', () => {
  const [, , , time, disk] = preflightLines(fine, 3);
  expect(time?.words).toBe('About 18 min for 3 runs, 18 s an epoch. By run 3.');
  expect(disk?.words).toBe('Up to 3.0 GiB of 100.0 GiB free.');
});

it('tells estimates roughly', () => {
  expect([0.2, 17.7, 100, 5000].map(roughDuration)).toEqual(['a second', '18 s', '2 min', '1 h 20 min']);
});
