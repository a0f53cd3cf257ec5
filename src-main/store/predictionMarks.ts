import type { SQLInputValue } from 'node:sqlite';
import type { PredictionMarks } from '../../src-shared/contract/predictionMarks.ts';
import { subgroupLevel } from './subgroups.ts';

/** Joins that the conditions below and the subgroups speak of; `predictions` is the table of the run that is looked at. */
export const predictionJoins = `
  JOIN images ON images.id = predictions.image_id
  JOIN files ON files.id = images.file_id
  JOIN patients ON patients.id = images.patient_id
  JOIN classes ON classes.id = predictions.label_class_id
  LEFT JOIN series ON series.id = images.series_id`;

/** Name of the class with the highest probability, the first of equal ones, as the model's card numbers them. */
const calledClass = `(SELECT json_extract(runs.card, '$.classes[' || chance.key || ']')
    FROM runs, json_each(predictions.probabilities) AS chance
    WHERE runs.id = predictions.run_id ORDER BY chance.value DESC, chance.key LIMIT 1)`;

export interface PredictionConditions {
  /** For a WHERE clause over `predictions` and `predictionJoins`. */
  where: string;
  values: Record<string, SQLInputValue>;
}

/**
 * The run, the set and the marks as conditions. `thresholds` are the operating points of the run looked at and of the run it is
 * compared with (null where that one was not evaluated on the set). Names and numbers travel as values, never as SQL text.
 */
export function predictionConditions(
  filter: PredictionMarks & { run: string; set: string },
  thresholds: { own: number; against: number | null },
): PredictionConditions {
  const parts: string[] = ['predictions.run_id = :run', 'predictions.set_name = :set'];
  const values: Record<string, SQLInputValue> = { run: filter.run, set: filter.set };
  const marks = filter;
  const add = (sql: string, own: Record<string, SQLInputValue>) => {
    parts.push(sql);
    Object.assign(values, own);
  };
  if (marks.outcome) {
    const positive = marks.outcome === 'tp' || marks.outcome === 'fn';
    const called = marks.outcome === 'tp' || marks.outcome === 'fp';
    add(`classes.positive = ${positive ? 1 : 0} AND ${called ? '' : 'NOT '}predictions.probability >= :threshold`, {
      threshold: thresholds.own,
    });
  }
  if (marks.label !== null) add('classes.name = :label COLLATE NOCASE', { label: marks.label });
  if (marks.called !== null) add(`${calledClass} = :called COLLATE NOCASE`, { called: marks.called });
  if (marks.probability) {
    const { from, to } = marks.probability;
    add(`predictions.probability >= :from AND predictions.probability ${to >= 1 ? '<=' : '<'} :to`, { from, to });
  }
  if (marks.patient !== null) add('patients.pseudonym = :patient', { patient: marks.patient });
  if (marks.group) {
    const level = subgroupLevel(marks.group.attribute);
    add(level === null ? '0' : `${level} = :level`, level === null ? {} : { level: marks.group.level });
  }
  if (marks.against) addAgainst(marks.against, thresholds, add);
  return { where: parts.map((part) => `(${part})`).join(' AND '), values };
}

function addAgainst(
  against: NonNullable<PredictionMarks['against']>,
  thresholds: { own: number; against: number | null },
  add: (sql: string, values: Record<string, SQLInputValue>) => void,
): void {
  if (thresholds.against === null) return add('0', {});
  const own = '((predictions.probability >= :threshold) = classes.positive)';
  const other = `((SELECT other.probability >= :otherThreshold FROM predictions AS other
    WHERE other.run_id = :otherRun AND other.image_id = predictions.image_id AND other.set_name = predictions.set_name) = classes.positive)`;
  const sql = {
    'only-this': `${own} AND NOT ${other}`,
    'only-other': `NOT ${own} AND ${other}`,
    both: `${own} AND ${other}`,
    neither: `NOT ${own} AND NOT ${other}`,
    different: `${own} != ${other}`,
  }[against.right];
  add(sql, { threshold: thresholds.own, otherThreshold: thresholds.against, otherRun: against.run });
}
