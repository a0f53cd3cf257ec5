/** What tells runs apart: their choices and their results, line by line. */
import type { RunRow } from '../../../../src-shared/contract/runRecords.ts';
import { formatDuration, formatNumber } from '../../../../src-shared/domain/format.ts';
import { describeConfiguration } from '../configuration.ts';

export interface DifferenceLine {
  name: string;
  /** One per run, in their order. */
  values: string[];
  /** True where a run has another value than the first. */
  differs: boolean[];
}

const missing = '–';

function line(name: string, values: string[]): DifferenceLine {
  return { name, values, differs: values.map((value) => value !== values[0]) };
}

/** Choices of each run; one that a run does not have, such as the momentum of Adam, is a dash. */
export function configurationLines(runs: readonly RunRow[]): DifferenceLine[] {
  const described = runs.map((run) => new Map(describeConfiguration(run.configuration)));
  const names = [...new Set(described.flatMap((one) => [...one.keys()]))];
  return [
    ...names.map((name) =>
      line(
        name,
        described.map((one) => one.get(name) ?? missing),
      ),
    ),
    line(
      'Data (snapshot)',
      runs.map((run) => run.snapshotSha256?.slice(0, 10) ?? 'not known'),
    ),
    line(
      'Device',
      runs.map((run) => run.device ?? missing),
    ),
  ];
}

/** Validation figures of the kept epoch, and what they took. */
export function resultLines(runs: readonly RunRow[]): DifferenceLine[] {
  const validation = (name: string, of: 'accuracy' | 'auc' | 'sensitivity' | 'specificity' | 'loss') =>
    line(
      name,
      runs.map((run) => formatNumber(run.best?.validation[of], 3)),
    );
  return [
    line(
      'Kept epoch',
      runs.map((run) => (run.best ? `${run.best.epoch} of ${run.configuration.epochs}` : missing)),
    ),
    validation('Accuracy', 'accuracy'),
    validation('AUC', 'auc'),
    validation('Sensitivity', 'sensitivity'),
    validation('Specificity', 'specificity'),
    validation('Loss', 'loss'),
    line(
      'Time of the epochs',
      runs.map((run) => formatDuration(run.trainedSeconds)),
    ),
  ];
}

/** The lines in which not all runs agree. */
export function onlyDifferent(lines: readonly DifferenceLine[]): DifferenceLine[] {
  return lines.filter((one) => one.differs.includes(true));
}
