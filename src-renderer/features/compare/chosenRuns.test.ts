import { expect, it } from 'vitest';
import { chosenRuns } from './chosenRuns.ts';

it('takes the runs that the address names, else the two newest', () => {
  const usable = ['run-1', 'run-2', 'run-4'];
  expect(chosenRuns(undefined, usable)).toEqual(['run-2', 'run-4']);
  expect(chosenRuns('run-4,run-1,run-9', usable)).toEqual(['run-1', 'run-4']);
  expect(chosenRuns('', usable)).toEqual([]);
  expect(chosenRuns(undefined, ['run-1'])).toEqual(['run-1']);
});
