/** Which runs the table shows, and in which order. */
import type { RunRow } from '../../../../src-shared/contract/runRecords.ts';
import { architectureWords, headWords, runStateWords } from '../../../ui/words.ts';

export interface RunFilter {
  text: string;
  /** `underWay`: waiting or being trained. */
  state: 'all' | 'underWay' | 'finished' | 'stopped';
  tag: string | null;
  archived: boolean;
}
export const everyRun: RunFilter = { text: '', state: 'all', tag: null, archived: false };

const states: Record<Exclude<RunFilter['state'], 'all'>, readonly RunRow['state'][]> = {
  underWay: ['queued', 'preparing', 'training'],
  finished: ['finished'],
  stopped: ['paused', 'cancelled', 'failed', 'interrupted'],
};

/** Every word of the text must occur somewhere in what is known of the run. */
export function filterRuns(runs: readonly RunRow[], filter: RunFilter): RunRow[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  return runs.filter((run) => {
    if (!filter.archived && run.archivedAt !== null) return false;
    if (filter.state !== 'all' && !states[filter.state].includes(run.state)) return false;
    if (filter.tag !== null && !run.tags.includes(filter.tag)) return false;
    const text = searchText(run);
    return words.every((word) => text.includes(word));
  });
}

function searchText(run: RunRow): string {
  const { configuration } = run;
  return [
    `run ${run.number}`,
    runStateWords[run.state],
    architectureWords[configuration.architecture],
    headWords[configuration.head],
    configuration.optimiser,
    run.device ?? '',
    run.note,
    ...run.tags,
  ]
    .join('\n')
    .toLowerCase();
}

const sortValues = {
  number: (run: RunRow) => run.number,
  accuracy: (run: RunRow) => run.best?.validation.accuracy ?? null,
  auc: (run: RunRow) => run.best?.validation.auc ?? null,
  sensitivity: (run: RunRow) => run.best?.validation.sensitivity ?? null,
  specificity: (run: RunRow) => run.best?.validation.specificity ?? null,
  time: (run: RunRow) => run.trainedSeconds,
} as const;
export type SortKey = keyof typeof sortValues;

/** Runs without the figure come last in either direction; ties go by number, latest first. */
export function sortRuns(runs: readonly RunRow[], key: SortKey, descending: boolean): RunRow[] {
  const value = sortValues[key];
  return [...runs].sort((first, second) => {
    const [a, b] = [value(first), value(second)];
    if (a === b) return second.number - first.number;
    if (a === null) return 1;
    if (b === null) return -1;
    return descending ? b - a : a - b;
  });
}

/** Tags in use, in the order of the alphabet. */
export function tagsOf(runs: readonly RunRow[]): string[] {
  return [...new Set(runs.flatMap((run) => run.tags))].sort((a, b) => a.localeCompare(b));
}
