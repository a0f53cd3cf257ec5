import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import {
  findingCodeSchema,
  findingDecisionSchema,
  mostListedImages,
  shortcutTestSchema,
  type Finding,
  type FindingCase,
  type FindingDecision,
  type FindingImage,
  type FindingState,
  type ShortcutTest,
  type SimilarPair,
} from '../../src-shared/contract/findings.ts';
import { setNames, setNameSchema } from '../../src-shared/contract/vocabulary.ts';
import { isFinding, type ShortcutImage } from '../library/index.ts';
import { inTransaction } from './database.ts';
import { caseWords, findingWords, kindOf } from './findingWords.ts';
import { detailSchema, detectLeakage, type DetectedCase } from './leakage.ts';

const caseRowSchema = z.object({
  id: z.number(),
  finding: z.string(),
  code: findingCodeSchema,
  sets: z.string().transform((text) => z.array(setNameSchema).parse(JSON.parse(text))),
  detail: z.string().transform((text) => detailSchema.parse(JSON.parse(text))),
  found_at: z.string(),
  gone_at: z.string().nullable(),
  decision: z.string().nullable(),
});
type CaseRow = z.infer<typeof caseRowSchema>;

/** A case is accepted while the last word on it is an acceptance. */
const lastDecision = `(SELECT kind FROM finding_decisions WHERE case_id = cases.id AND kind IN ('accepted', 'reopened') ORDER BY id DESC LIMIT 1)`;
const caseColumns = `cases.id, cases.finding, cases.code, cases.sets, cases.detail, cases.found_at, cases.gone_at, ${lastDecision} AS decision`;

function stateOf({ gone_at, decision }: Pick<CaseRow, 'gone_at' | 'decision'>): FindingState {
  if (gone_at !== null) return 'resolved';
  return decision === 'accepted' ? 'accepted' : 'open';
}

/** Findings are kept case by case: what is detected again is the same case, what is not any more is resolved, decisions stay on record. */
export function createFindingStore(database: DatabaseSync) {
  /** Rows this connection had changed when leakage was last looked for: whatever was written since may matter. */
  let seenChanges = -1;
  const changes = () => Number(database.prepare('SELECT total_changes() AS n').get()?.n);

  const rows = (where: string, ...values: (string | number)[]): CaseRow[] =>
    database
      .prepare(`SELECT ${caseColumns} FROM finding_cases AS cases WHERE ${where} ORDER BY cases.id`)
      .all(...values)
      .map((row) => caseRowSchema.parse(row));

  /** Brings the cases of one kind up to date with what was detected. */
  const replace = (kind: 'leakage' | 'shortcut', detected: readonly DetectedCase[], at: string): void => {
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
  };

  return {
    /** Looks for leakage anew when anything was written since the last time. */
    refresh(at: string): void {
      if (seenChanges === changes()) return;
      inTransaction(database, () => {
        replace('leakage', detectLeakage(database), at);
        markImages(database);
      });
      seenChanges = changes();
    },

    findings(): Finding[] {
      const groups = new Map<string, CaseRow[]>();
      for (const row of rows('1')) {
        const group = groups.get(row.finding);
        if (group === undefined) groups.set(row.finding, [row]);
        else group.push(row);
      }
      return [...groups.values()]
        .map((group) => summarise(database, group))
        .sort((a, b) => rank(a) - rank(b) || (a.id < b.id ? -1 : 1));
    },

    /** Open and accepted findings, counted as `findings` lists them. */
    counts(): { open: number; accepted: number } {
      const states = database
        .prepare(
          `SELECT finding, max(coalesce(${lastDecision}, '') <> 'accepted') AS open FROM finding_cases AS cases WHERE gone_at IS NULL GROUP BY finding`,
        )
        .all();
      const open = states.filter((row) => row.open === 1).length;
      return { open, accepted: states.length - open };
    },

    /** Cases of one finding, open ones first. */
    cases(finding: string, page: { offset: number; limit: number }): { total: number; items: FindingCase[] } {
      const order: FindingState[] = ['open', 'accepted', 'resolved'];
      const all = rows('cases.finding = ?', finding).sort(
        (a, b) =>
          order.indexOf(stateOf(a)) - order.indexOf(stateOf(b)) ||
          (b.detail.similarity ?? 0) - (a.detail.similarity ?? 0) ||
          a.id - b.id,
      );
      const items = all.slice(page.offset, page.offset + page.limit).map((row) => readCase(database, row));
      return { total: all.length, items };
    },

    case(id: number): FindingCase | null {
      const [row] = rows('cases.id = ?', id);
      return row === undefined ? null : readCase(database, row);
    },

    /** Pictures in two sets that are most alike without being duplicates, most alike first. */
    closest(limit: number): SimilarPair[] {
      return database
        .prepare(
          `SELECT near_duplicates.first, near_duplicates.second, similarity FROM near_duplicates
           JOIN image_facts AS one ON one.image_id = near_duplicates.first JOIN image_facts AS two ON two.image_id = near_duplicates.second
           WHERE near_duplicates.duplicate = 0 AND one.set_name <> two.set_name AND one.excluded = 0 AND two.excluded = 0
           ORDER BY similarity DESC LIMIT ?`,
        )
        .all(limit)
        .map((row) => ({
          similarity: Number(row.similarity),
          images: readImages(database, [Number(row.first), Number(row.second)]),
        }));
    },

    /** Ids of the cases that a finding id, or the number of a case, means. */
    casesOf(target: string | number): number[] {
      const found =
        typeof target === 'number'
          ? rows('cases.id = ?', target)
          : rows('cases.finding = ? AND gone_at IS NULL', target);
      return found.map(({ id }) => id);
    },

    /** Cases in which all of the images occur. */
    casesWith(imageIds: readonly number[]): number[] {
      const select = database.prepare(
        'SELECT case_id FROM finding_images JOIN finding_cases ON finding_cases.id = case_id WHERE image_id = ? AND gone_at IS NULL',
      );
      return [...new Set(imageIds.flatMap((image) => select.all(image).map((row) => Number(row.case_id))))];
    },

    /** Call inside a transaction. */
    decide(caseIds: readonly number[], decision: FindingDecision): void {
      const insert = database.prepare(
        'INSERT INTO finding_decisions (case_id, kind, reason, author, at) VALUES (?, ?, ?, ?, ?)',
      );
      for (const id of caseIds) insert.run(id, decision.kind, decision.reason, decision.author, decision.at);
    },

    /** Pairs of images and patients whose findings were accepted: they do not stand in the way of a test evaluation. */
    accepted(): { patients: Set<number>; images: Set<number> } {
      const accepted = rows('cases.gone_at IS NULL').filter((row) => stateOf(row) === 'accepted');
      const ids = accepted.filter(({ code }) => kindOf(code) === 'leakage').map(({ id }) => id);
      const images = new Set(ids.flatMap((id) => imageIds(database, id)));
      const patients = new Set(
        accepted.flatMap(({ code, detail }) => (code === 'PATIENT_IN_TWO_SETS' ? (detail.patient ?? []) : [])),
      );
      return { patients, images };
    },

    saveShortcuts(
      tests: readonly ShortcutTest[],
      examples: (test: ShortcutTest) => number[],
      at: string,
      stamp: string,
    ) {
      inTransaction(database, () => {
        database.exec('DELETE FROM shortcut_tests');
        const insert = database.prepare('INSERT INTO shortcut_tests (attribute, document) VALUES (?, ?)');
        for (const test of tests) insert.run(test.attribute, JSON.stringify(test));
        const detected = tests.filter(isFinding).map((test) => shortcutCase(test, examples(test)));
        replace('shortcut', detected, at);
        database
          .prepare(
            'INSERT INTO checks (only, at, stamp) VALUES (1, ?, ?) ON CONFLICT DO UPDATE SET at = excluded.at, stamp = excluded.stamp',
          )
          .run(at, stamp);
      });
    },

    shortcutTests(): ShortcutTest[] {
      return database
        .prepare('SELECT document FROM shortcut_tests')
        .all()
        .map((row) => shortcutTestSchema.parse(JSON.parse(String(row.document))))
        .sort((a, b) => b.effect - a.effect);
    },

    /** What the tests of shortcuts depend on; two equal stamps mean that nothing of it changed. */
    stamp(): string {
      const row = database
        .prepare(
          `SELECT (SELECT count(*) FROM image_facts) AS images, (SELECT count(*) FROM image_measures) AS measured,
             (SELECT coalesce(max(id), 0) FROM label_history) AS labels, (SELECT coalesce(max(id), 0) FROM exclusion_history) AS exclusions,
             (SELECT coalesce(max(id), 0) FROM patient_links) AS links, (SELECT patient_rule FROM project) AS rule`,
        )
        .get();
      return JSON.stringify(row);
    },

    lastCheck(): { at: string; stamp: string } | null {
      const row = database.prepare('SELECT at, stamp FROM checks').get();
      return row === undefined ? null : { at: String(row.at), stamp: String(row.stamp) };
    },

    /** Every labelled image that is not excluded, with what might tell its class. */
    *shortcutImages(): Generator<ShortcutImage> {
      const select = database.prepare(
        `SELECT facts.group_id AS patient, classes.name AS className, facts.format AS fileType, facts.rows, facts.columns, images.photometric AS colour,
           facts.scanner, image_measures.window_level AS level, image_measures.window_width AS width, facts.slice_thickness AS sliceThickness,
           image_measures.border_text AS borderText
         FROM image_facts AS facts JOIN images ON images.id = facts.image_id JOIN classes ON classes.id = facts.class_id
         LEFT JOIN image_measures ON image_measures.image_id = facts.image_id WHERE facts.excluded = 0 AND facts.class_id IS NOT NULL`,
      );
      for (const row of select.iterate()) yield shortcutImageSchema.parse(row);
    },

    /** First images of each class, spread over the patients: what a shortcut looks like. */
    examples(perClass: number): number[] {
      return database
        .prepare(
          `SELECT image_id FROM (SELECT image_id, class_id, row_number() OVER (PARTITION BY class_id ORDER BY first_of_patient DESC, image_id) AS place FROM
             (SELECT image_id, class_id, image_id = min(image_id) OVER (PARTITION BY group_id) AS first_of_patient FROM image_facts WHERE class_id IS NOT NULL AND excluded = 0))
           WHERE place <= ? ORDER BY class_id, place`,
        )
        .all(perClass)
        .map((row) => Number(row.image_id));
    },
  };
}
export type FindingStore = ReturnType<typeof createFindingStore>;

const shortcutImageSchema = z
  .object({
    patient: z.number(),
    className: z.string(),
    fileType: z.string(),
    rows: z.number(),
    columns: z.number(),
    colour: z.string().nullable(),
    scanner: z.string().nullable(),
    level: z.number().nullable(),
    width: z.number().nullable(),
    sliceThickness: z.number().nullable(),
    borderText: z.number().nullable(),
  })
  .transform(({ level, width, colour, ...image }) => ({
    ...image,
    colour: colour ?? 'not stated',
    window: level === null || width === null ? null : `${width}/${level}`,
  }));

function shortcutCase(test: ShortcutTest, images: number[]): DetectedCase {
  const name = test.attribute.replaceAll(' ', '-');
  // A weak association that was accepted and grew strong is another one.
  const strength = test.effect >= 0.5 ? 'strong' : 'moderate';
  return {
    key: `shortcut:${name}:${strength}`,
    finding: `shortcut:${name}`,
    code: test.code,
    sets: [],
    detail: { message: test.message },
    images,
  };
}

function sameImages(database: DatabaseSync, caseId: number, images: readonly number[]): boolean {
  const stored = imageIds(database, caseId);
  if (stored.length !== images.length) return false;
  const known = new Set(stored);
  return images.every((image) => known.has(image));
}

function imageIds(database: DatabaseSync, caseId: number): number[] {
  return database
    .prepare('SELECT image_id FROM finding_images WHERE case_id = ?')
    .all(caseId)
    .map((row) => Number(row.image_id));
}

/** Marks in the flat table what the filters "of open findings" and "duplicates" show. */
function markImages(database: DatabaseSync): void {
  database.exec(`
    UPDATE image_facts SET finding = 0 WHERE finding = 1;
    UPDATE image_facts SET finding = 1 WHERE image_id IN (
      SELECT finding_images.image_id FROM finding_cases AS cases JOIN finding_images ON finding_images.case_id = cases.id
      WHERE cases.gone_at IS NULL AND cases.sets <> '[]' AND coalesce(${lastDecision}, '') <> 'accepted');
    UPDATE image_facts SET duplicate = 0 WHERE duplicate = 1;
    UPDATE image_facts SET duplicate = 1 WHERE image_id IN (SELECT first FROM near_duplicates WHERE duplicate = 1
      UNION SELECT second FROM near_duplicates WHERE duplicate = 1
      UNION SELECT id FROM images WHERE pixel_sha256 IN (SELECT pixel_sha256 FROM images GROUP BY pixel_sha256 HAVING count(*) > 1)
      UNION SELECT images.id FROM duplicates JOIN images ON images.file_id = duplicates.file_id);`);
}

function rank(finding: Finding): number {
  return ['open', 'accepted', 'resolved'].indexOf(finding.state) * 2 + (finding.kind === 'leakage' ? 0 : 1);
}

function summarise(database: DatabaseSync, group: readonly CaseRow[]): Finding {
  const [first] = group;
  const states = group.map(stateOf);
  const count = (state: FindingState) => states.filter((one) => one === state).length;
  const cases = { open: count('open'), accepted: count('accepted'), resolved: count('resolved') };
  const state = cases.open > 0 ? 'open' : cases.accepted > 0 ? 'accepted' : 'resolved';
  const present = group.filter((row) => row.gone_at === null);
  const shown = present.length > 0 ? present : group;
  const images = database
    .prepare(
      `SELECT DISTINCT finding_images.image_id FROM finding_cases JOIN finding_images ON finding_images.case_id = finding_cases.id
       WHERE finding_cases.finding = ? AND (finding_cases.gone_at IS NULL OR ? = 0) ORDER BY finding_images.image_id`,
    )
    .all(first!.finding, present.length)
    .map((row) => Number(row.image_id));
  const reasons = database
    .prepare(
      `SELECT DISTINCT reason FROM finding_decisions JOIN finding_cases AS cases ON cases.id = case_id
       WHERE cases.finding = ? AND kind = 'accepted' AND cases.gone_at IS NULL AND ${lastDecision} = 'accepted' LIMIT 20`,
    )
    .all(first!.finding)
    .map((row) => String(row.reason));
  return {
    id: first!.finding,
    code: first!.code,
    kind: kindOf(first!.code),
    state,
    message: findingWords(first!.code, shown.length, first!.sets, shown.at(-1)!.detail.message ?? null, state),
    sets: first!.sets,
    images: images.slice(0, mostListedImages),
    imageCount: images.length,
    cases,
    reasons,
  };
}

const imageSchema = z.object({
  id: z.number(),
  fileName: z.string(),
  patient: z.string(),
  classId: z.number().nullable(),
  set: setNameSchema.nullable(),
  excluded: z.number().transform((value) => value === 1),
});

/** Images of one case that are shown. */
const mostOfCase = 60;

function readImages(database: DatabaseSync, ids: readonly number[]): FindingImage[] {
  const select = database.prepare(
    `SELECT image_id AS id, file_name AS fileName, pseudonym AS patient, class_id AS classId, set_name AS "set", excluded
     FROM image_facts WHERE image_id = ?`,
  );
  return ids.map((id) => imageSchema.parse(select.get(id))).sort((a, b) => setPlace(a) - setPlace(b));
}

function setPlace({ set }: FindingImage): number {
  return set === null ? setNames.length : setNames.indexOf(set);
}

function readCase(database: DatabaseSync, row: CaseRow): FindingCase {
  const all = imageIds(database, row.id);
  const images = readImages(database, all.slice(0, mostOfCase));
  return {
    id: row.id,
    finding: row.finding,
    state: stateOf(row),
    message: caseWords(row.code, row.detail, images),
    similarity: row.detail.similarity ?? null,
    mirrored: row.detail.mirrored ?? false,
    images,
    imageCount: all.length,
    foundAt: row.found_at,
    goneAt: row.gone_at,
    decisions: database
      .prepare('SELECT kind, reason, author, at FROM finding_decisions WHERE case_id = ? ORDER BY id')
      .all(row.id)
      .map((decision) => findingDecisionSchema.parse(decision)),
  };
}
