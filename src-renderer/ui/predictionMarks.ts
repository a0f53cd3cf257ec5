/** Marks of charts and tables as part of an address, and in words. */
import type { LocationQuery } from 'vue-router';
import {
  noMarks,
  outcomeSchema,
  predictionMarksSchema,
  type PredictionMarks,
} from '../../src-shared/contract/predictionMarks.ts';
import { formatNumber } from '../../src-shared/domain/format.ts';
import { outcomeWords } from './words.ts';

const rightWords: Record<NonNullable<PredictionMarks['against']>['right'], string> = {
  'only-this': 'only this run is right',
  'only-other': 'only the other run is right',
  both: 'both runs are right',
  neither: 'neither run is right',
  different: 'the runs decide differently',
};

/** Keys of an address that carry marks; undefined takes a key away. */
export function marksToQuery(marks: Partial<PredictionMarks>): Record<string, string | undefined> {
  const { outcome, label, called, probability, group, patient, against } = { ...noMarks, ...marks };
  return {
    outcome: outcome ?? undefined,
    label: label ?? undefined,
    called: called ?? undefined,
    from: probability ? String(probability.from) : undefined,
    to: probability ? String(probability.to) : undefined,
    attribute: group?.attribute,
    level: group?.level,
    patient: patient ?? undefined,
    against: against?.run,
    right: against?.right,
  };
}

/** What does not make sense is left out: an address can be typed. */
export function marksFromQuery(query: LocationQuery): PredictionMarks {
  const text = (key: string): string | null => {
    const value = query[key];
    return typeof value === 'string' && value !== '' ? value : null;
  };
  const outcome = outcomeSchema.safeParse(text('outcome'));
  const [from, to] = [text('from'), text('to')];
  const [attribute, level] = [text('attribute'), text('level')];
  const against = predictionMarksSchema.shape.against.safeParse({ run: text('against'), right: text('right') });
  const probability = predictionMarksSchema.shape.probability.safeParse(
    from === null || to === null ? null : { from: Number(from), to: Number(to) },
  );
  return {
    outcome: outcome.success ? outcome.data : null,
    label: text('label'),
    called: text('called'),
    probability: probability.success ? probability.data : null,
    group: attribute !== null && level !== null ? { attribute, level } : null,
    patient: text('patient'),
    against: against.success ? against.data : null,
  };
}

/** One text per mark; the outcome is left out where the screen has its own control for it. */
export function marksWords(marks: PredictionMarks, options: { outcome: boolean } = { outcome: false }): string[] {
  const { outcome, label, called, probability, group, patient, against } = marks;
  return [
    ...(outcome && options.outcome ? [outcomeWords[outcome]] : []),
    ...(label === null ? [] : [`reference ${label}`]),
    ...(called === null ? [] : [`called ${called}`]),
    ...(probability ? [probabilityWords(probability)] : []),
    ...(group ? [`${group.attribute}: ${group.level}`] : []),
    ...(patient === null ? [] : [`patient ${patient}`]),
    ...(against ? [`${rightWords[against.right]} (against ${against.run.replace('run-', 'run ')})`] : []),
  ];
}

function probabilityWords({ from, to }: NonNullable<PredictionMarks['probability']>): string {
  if (to >= 1) return `probability ≥ ${formatNumber(from, 3)}`;
  if (from <= 0) return `probability < ${formatNumber(to, 3)}`;
  return `probability ${formatNumber(from, 3)} to ${formatNumber(to, 3)}`;
}

export function hasMarks(marks: PredictionMarks): boolean {
  return Object.values(marks).some((mark) => mark !== null);
}
