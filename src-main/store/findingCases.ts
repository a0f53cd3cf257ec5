/** Writing findings: what is detected again is the same case, what is not any more is resolved. */
import type { DatabaseSync } from 'node:sqlite';
import { findingCodeSchema } from '../../src-shared/contract/findings.ts';
import { imagesOfCase, lastDecision } from './findingRows.ts';
import { kindOf } from './findingWords.ts';
import type { DetectedCase } from './leakage.ts';

/** Brings the cases of one kind up to date with what was detected. Call inside a transaction. */
export function replaceCases(
  database: DatabaseSync,
  kind: 'leakage' | 'shortcut',
  detected: readonly DetectedCase[],
  at: string,
): void {
  const present = new Map(
    database
      .prepare('SELECT id, key, code FROM finding_cases WHERE gone_at IS NULL')
      .all()
      .filter((row) => kindOf(findingCodeSchema.parse(row.code)) === kind)
      .map((row) => [String(row.key), Number(row.id)]),
  );
  const insert = database.prepare(
    `INSERT INTO finding_cases (key, finding, code, sets, detail, found_at) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET gone_at = NULL, detail = excluded.detail RETURNING id`,
  );
  const describe = database.prepare('UPDATE finding_cases SET detail = ? WHERE id = ? AND detail <> ?');
  const clear = database.prepare('DELETE FROM finding_images WHERE case_id = ?');
  const addImage = database.prepare('INSERT INTO finding_images (case_id, image_id) VALUES (?, ?)');
  for (const one of detected) {
    const known = present.get(one.key);
    const detail = JSON.stringify(one.detail);
    if (known !== undefined) {
      present.delete(one.key);
      describe.run(detail, known, detail);
      if (!sameImages(database, known, one.images)) {
        clear.run(known);
        for (const image of one.images) addImage.run(known, image);
      }
      continue;
    }
    const { id } = insert.get(one.key, one.finding, one.code, JSON.stringify(one.sets), detail, at)!;
    clear.run(id!);
    for (const image of one.images) addImage.run(id!, image);
  }
  const gone = database.prepare('UPDATE finding_cases SET gone_at = ? WHERE id = ?');
  for (const id of present.values()) gone.run(at, id);
}

function sameImages(database: DatabaseSync, caseId: number, images: readonly number[]): boolean {
  const stored = imagesOfCase(database, caseId);
  if (stored.length !== images.length) return false;
  const known = new Set(stored);
  return images.every((image) => known.has(image));
}

/** Marks in the flat table what the filters "of open findings" and "duplicates" show. */
export function markImages(database: DatabaseSync): void {
  database.exec(`
    UPDATE image_facts SET finding = 0 WHERE finding = 1;
    UPDATE image_facts SET finding = 1 WHERE image_id IN (
      SELECT finding_images.image_id FROM finding_cases AS cases JOIN finding_images ON finding_images.case_id = cases.id
      WHERE cases.gone_at IS NULL AND cases.sets <> '[]' AND coalesce(${lastDecision}, '') <> 'accepted');
    UPDATE image_facts SET duplicate = 0 WHERE duplicate = 1;
    UPDATE image_facts SET duplicate = 1 WHERE image_id IN (SELECT first FROM near_duplicates WHERE duplicate = 1
      UNION SELECT second FROM near_duplicates WHERE duplicate = 1
      UNION SELECT id FROM images WHERE pixel_sha256 IN (SELECT pixel_sha256 FROM images WHERE pixel_sha256 IS NOT NULL GROUP BY pixel_sha256 HAVING count(*) > 1)
      UNION SELECT images.id FROM duplicates JOIN images ON images.file_id = duplicates.file_id);`);
}
