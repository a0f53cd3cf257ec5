import { describe, expect, it } from 'vitest';
import type { RunRow } from '../../../../src-shared/contract/runRecords.ts';
import { defaultRunConfiguration } from '../../../../src-shared/contract/training.ts';
import { configurationLines, onlyDifferent, resultLines } from './differences.ts';
import { everyRun, filterRuns, sortRuns, tagsOf } from './runTable.ts';

function row(number: number, change: Partial<RunRow> = {}, accuracy: number | null = 0.5): RunRow {
  return {
    id: `run-${number}`,
    number,
    state: 'finished',
    createdAt: '2026-03-01T08:00:00Z',
    endedAt: null,
    configuration: defaultRunConfiguration,
    epochsDone: 1,
    best:
      accuracy === null
        ? null
        : { epoch: 1, validation: { loss: 0.5, accuracy, auc: 0.9, sensitivity: 0.8, specificity: 0.7 } },
    failure: null,
    note: '',
    tags: [],
    archivedAt: null,
    device: 'CPU',
    trainedSeconds: 10,
    snapshotSha256: 'a'.repeat(64),
    origin: 'trained',
    tested: false,
    ...change,
  };
}

describe('the table of runs', () => {
  const runs = [
    row(1, { note: 'with the old split', tags: ['baseline'] }, 0.7),
    row(2, { state: 'failed', tags: ['lung', 'baseline'] }, null),
    row(3, { archivedAt: '2026-03-02T08:00:00Z' }, 0.9),
    row(4, { state: 'training' }, 0.7),
  ];
  const numbers = (found: RunRow[]) => found.map((run) => run.number);

  it('hides archived runs until they are asked for', () => {
    expect(numbers(filterRuns(runs, everyRun))).toEqual([1, 2, 4]);
    expect(numbers(filterRuns(runs, { ...everyRun, archived: true }))).toEqual([1, 2, 3, 4]);
  });

  it('finds runs by words of notes, tags, state and network, all of which must occur', () => {
    expect(numbers(filterRuns(runs, { ...everyRun, text: 'OLD split' }))).toEqual([1]);
    expect(numbers(filterRuns(runs, { ...everyRun, text: 'lung failed' }))).toEqual([2]);
    expect(numbers(filterRuns(runs, { ...everyRun, text: 'vgg-19 baseline' }))).toEqual([1, 2]);
    expect(numbers(filterRuns(runs, { ...everyRun, tag: 'baseline' }))).toEqual([1, 2]);
    expect(numbers(filterRuns(runs, { ...everyRun, state: 'underWay' }))).toEqual([4]);
    expect(numbers(filterRuns(runs, { ...everyRun, state: 'stopped' }))).toEqual([2]);
    expect(tagsOf(runs)).toEqual(['baseline', 'lung']);
  });

  it('sorts with missing figures last, whichever way', () => {
    expect(numbers(sortRuns(runs, 'accuracy', true))).toEqual([3, 4, 1, 2]);
    expect(numbers(sortRuns(runs, 'accuracy', false))).toEqual([4, 1, 3, 2]);
    expect(numbers(sortRuns(runs, 'number', true))).toEqual([4, 3, 2, 1]);
  });
});

describe('differences between runs', () => {
  it('are the choices in which a run departs from the first', () => {
    const other = row(2, {
      configuration: { ...defaultRunConfiguration, architecture: 'vgg16', learningRate: 0.001 },
      snapshotSha256: 'b'.repeat(64),
    });
    const lines = onlyDifferent(configurationLines([row(1), other, row(3)]));
    expect(lines.map((line) => line.name)).toEqual(['Network', 'Learning rate', 'Data (snapshot)']);
    expect(lines[0]).toEqual({
      name: 'Network',
      values: ['VGG-19 with batch norm', 'VGG-16', 'VGG-19 with batch norm'],
      differs: [false, true, false],
    });
  });

  it('of results are shown with three decimals, a missing one as a dash', () => {
    const [kept, accuracy] = resultLines([row(1, {}, 0.7), row(2, {}, null)]);
    expect(kept?.values).toEqual(['1 of 20', '–']);
    expect(accuracy?.values).toEqual(['0.700', '–']);
  });
});
