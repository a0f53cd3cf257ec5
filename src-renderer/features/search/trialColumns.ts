/** Columns of the table of trials and axes of the plot: what was varied, and what came of it. */
import { searchParameterNames, type SearchSummary, type Trial } from '../../../src-shared/contract/search.ts';
import { formatNumber } from '../../../src-shared/domain/format.ts';
import { parameterWords, valueWords } from '../../../src-shared/domain/searchWords.ts';

export interface TrialColumn {
  key: string;
  words: string;
  isNumber: boolean;
  /** What is sorted and drawn; null where the trial has none. */
  value(trial: Trial): number | string | null;
  text(trial: Trial): string;
  /** Of a parameter: how its range is scaled, or the names there are. */
  axis: { kind: 'value' } | { kind: 'log' } | { kind: 'names'; names: string[] };
}

export function parameterColumns({ request }: Pick<SearchSummary, 'request'>): TrialColumn[] {
  return searchParameterNames.flatMap((name) => {
    const range = request.space.parameters[name];
    if (range === undefined) return [];
    const names =
      range.kind === 'choice' && range.values.some((value) => typeof value === 'string')
        ? range.values.map((value) => valueWords(value))
        : null;
    return [
      {
        key: name,
        words: parameterWords[name],
        isNumber: names === null,
        value: (trial: Trial) => (names === null ? (trial.choice[name] ?? null) : valueWords(trial.choice[name])),
        text: (trial: Trial) => valueWords(trial.choice[name]),
        axis:
          names !== null ? { kind: 'names', names } : range.kind === 'logUniform' ? { kind: 'log' } : { kind: 'value' },
      } satisfies TrialColumn,
    ];
  });
}

const figure = (key: string, words: string, of: (trial: Trial) => number | null | undefined): TrialColumn => ({
  key,
  words,
  isNumber: true,
  value: (trial) => of(trial) ?? null,
  text: (trial) => formatNumber(of(trial), 3),
  axis: { kind: 'value' },
});

/** Of the best epoch so far, on validation. */
export const figureColumns: readonly TrialColumn[] = [
  figure('accuracy', 'Accuracy', (trial) => trial.best?.validation.accuracy),
  figure('auc', 'AUC', (trial) => trial.best?.validation.auc),
  figure('loss', 'Loss', (trial) => trial.best?.validation.loss),
];

/** Sorted by a column, trials without a value last; among equals the lower loss, then the earlier trial. */
export function sortTrials(trials: readonly Trial[], column: TrialColumn | null, descending: boolean): Trial[] {
  const loss = (trial: Trial) => trial.best?.validation.loss ?? Number.POSITIVE_INFINITY;
  return [...trials].sort((a, b) => {
    const [first, second] = column === null ? [a.number, b.number] : [column.value(a), column.value(b)];
    if (first === second) return loss(a) - loss(b) || a.number - b.number;
    if (first === null) return 1;
    if (second === null) return -1;
    const order = first < second ? -1 : 1;
    return descending ? -order : order;
  });
}
