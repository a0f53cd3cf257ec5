import type { ReportModel } from './model.ts';

/** Characters with which a spreadsheet starts a formula; full-width forms are formulas in East Asian versions. */
const formulaStart = /^[=+\-@\t\r＝＋－＠]/;

/** One CSV cell: text that a spreadsheet would run is made text by an apostrophe; quotes where RFC 4180 asks for them. */
export function csvCell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const safe = formulaStart.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function csvText(header: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string {
  return [header, ...rows].map((row) => row.map(csvCell).join(',')).join('\r\n') + '\r\n';
}

/**
 * Every prediction of one run, probabilities in full precision. `parenchyma metrics FILE.csv --positive CLASS` computes the
 * report's figures from it again; with more than two classes `--classes` gives those of all classes.
 */
export function runCsv(run: ReportModel['runs'][number]): string {
  const several = run.model.classes.length > 2 ? run.model.classes : [];
  const header = [
    'id',
    'patient',
    'pixel_sha256',
    'set',
    'label',
    'probability',
    'threshold',
    'decision',
    'outcome',
    'review',
    'review_note',
    ...several.map((name) => `probability_${name}`),
  ];
  return csvText(
    header,
    run.predictions.map((row) => [
      row.id,
      row.patient,
      row.pixelSha256,
      row.set,
      row.label,
      row.probability,
      row.threshold,
      row.decision,
      row.outcome,
      row.review,
      row.reviewNote,
      ...several.map((_name, place) => row.probabilities?.[place] ?? null),
    ]),
  );
}
