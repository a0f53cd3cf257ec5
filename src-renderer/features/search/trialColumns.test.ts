import { describe, expect, it } from 'vitest';
import { searchRequestSchema, type Trial } from '../../../src-shared/contract/search.ts';
import { defaultRunConfiguration } from '../../../src-shared/contract/training.ts';
import { figureColumns, parameterColumns, sortTrials } from './trialColumns.ts';
import { filterTrials } from './parallelChart.ts';

const request = searchRequestSchema.parse({
  base: defaultRunConfiguration,
  space: {
    parameters: {
      learningRate: { kind: 'logUniform', low: 1e-5, high: 1e-2 },
      optimiser: { kind: 'choice', values: ['adam', 'sgd'] },
    },
  },
  budget: { trials: 3 },
});
const trial = (number: number, accuracy: number | null, loss: number, optimiser: string): Trial => ({
  number,
  state: 'finished',
  choice: { learningRate: 10 ** -number, optimiser },
  configuration: defaultRunConfiguration,
  targetEpoch: 1,
  epochsDone: 1,
  best:
    accuracy === null ? null : { epoch: 1, validation: { accuracy, loss, auc: 0.5, sensitivity: 0, specificity: 0 } },
  attempts: 1,
  startedAt: null,
  endedAt: null,
  failure: null,
  run: null,
});
const trials = [trial(2, 0.8, 0.5, 'adam'), trial(3, null, 0, 'sgd'), trial(4, 0.8, 0.4, 'sgd')];
const [accuracy] = figureColumns;

describe('trials in a table', () => {
  it('are sorted by a figure, equals by loss, those without it last', () => {
    expect(sortTrials(trials, accuracy!, true).map(({ number }) => number)).toEqual([4, 2, 3]);
    expect(sortTrials(trials, accuracy!, false).map(({ number }) => number)).toEqual([4, 2, 3]);
    expect(sortTrials(trials, null, true).map(({ number }) => number)).toEqual([4, 3, 2]);
  });
  it('have a column for each parameter that is varied', () => {
    const columns = parameterColumns({ request });
    expect(columns.map(({ words }) => words)).toEqual(['Optimiser', 'Learning rate']);
    expect(columns.map((column) => column.text(trials[0]!))).toEqual(['Adam', '0.01']);
    expect(columns.map(({ axis }) => axis.kind)).toEqual(['names', 'log']);
  });
  it('are filtered by what was brushed on the axes, also on one of names', () => {
    const columns = [...parameterColumns({ request }), ...figureColumns];
    const rest = (brushed: [string, [number, number][]][]) =>
      filterTrials(trials, columns, new Map(brushed)).map(({ number }) => number);
    expect(rest([])).toEqual([2, 3, 4]);
    expect(rest([['learningRate', [[5e-4, 1]]]])).toEqual([2, 3]);
    expect(rest([['optimiser', [[0.6, 1.2]]]])).toEqual([3, 4]);
    expect(
      rest([
        ['accuracy', [[0.7, 0.9]]],
        ['optimiser', [[0.6, 1.2]]],
      ]),
    ).toEqual([4]);
  });
});
