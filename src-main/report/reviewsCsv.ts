import type { ReviewExport } from '../../src-shared/contract/review.ts';
import { csvText } from './csv.ts';

/** Every verdict in force, one row each; images by pseudonymous id and hash, no file name and no patient identifier. */
export function reviewsCsv(rows: readonly ReviewExport[]): string {
  return csvText(
    [
      'image',
      'patient',
      'pixel_sha256',
      'set',
      'label',
      'probability',
      'decision',
      'reader',
      'role',
      'verdict',
      'answer',
      'class',
      'blinded',
      'seconds',
      'comment',
      'at',
    ],
    rows.map((row) => [
      row.image,
      row.patient,
      row.pixelSha256,
      row.set,
      row.label,
      row.probability,
      row.decision,
      row.reader,
      row.role,
      row.verdict,
      row.answer,
      row.className,
      row.blinded ? 'yes' : 'no',
      row.seconds,
      row.comment,
      row.at,
    ]),
  );
}
