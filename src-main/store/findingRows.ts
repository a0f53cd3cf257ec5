/** Reading findings: the cases of one kind and pair of sets make one finding. */
import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import {
  findingCodeSchema,
  findingDecisionSchema,
  mostListedImages,
  type Finding,
  type FindingCase,
  type FindingImage,
  type FindingState,
} from '../../src-shared/contract/findings.ts';
import { setNames, setNameSchema } from '../../src-shared/contract/vocabulary.ts';
import { caseWords, findingWords, kindOf } from './findingWords.ts';
import { detailSchema } from './leakage.ts';

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
export type CaseRow = z.infer<typeof caseRowSchema>;

/** A case is accepted while the last word on it is an acceptance. */
export const lastDecision = `(SELECT kind FROM finding_decisions WHERE case_id = cases.id AND kind IN ('accepted', 'reopened') ORDER BY id DESC LIMIT 1)`;
const caseColumns = `cases.id, cases.finding, cases.code, cases.sets, cases.detail, cases.found_at, cases.gone_at, ${lastDecision} AS decision`;

export function stateOf({ gone_at, decision }: Pick<CaseRow, 'gone_at' | 'decision'>): FindingState {
  if (gone_at !== null) return 'resolved';
  return decision === 'accepted' ? 'accepted' : 'open';
}

/** Cases for which the condition on `cases` holds, in the order in which they were first found. */
export function caseRows(database: DatabaseSync, where: string, ...values: (string | number)[]): CaseRow[] {
  return database
    .prepare(`SELECT ${caseColumns} FROM finding_cases AS cases WHERE ${where} ORDER BY cases.id`)
    .all(...values)
    .map((row) => caseRowSchema.parse(row));
}

export function imagesOfCase(database: DatabaseSync, caseId: number): number[] {
  return database
    .prepare('SELECT image_id FROM finding_images WHERE case_id = ?')
    .all(caseId)
    .map((row) => Number(row.image_id));
}

/** Open ones first, leakage before shortcuts. */
export function rank(finding: Finding): number {
  return ['open', 'accepted', 'resolved'].indexOf(finding.state) * 2 + (finding.kind === 'leakage' ? 0 : 1);
}

export function summarise(database: DatabaseSync, group: readonly CaseRow[]): Finding {
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

export function readImages(database: DatabaseSync, ids: readonly number[]): FindingImage[] {
  const select = database.prepare(
    `SELECT image_id AS id, file_name AS fileName, pseudonym AS patient, class_id AS classId, set_name AS "set", excluded
     FROM image_facts WHERE image_id = ?`,
  );
  return ids.map((id) => imageSchema.parse(select.get(id))).sort((a, b) => setPlace(a) - setPlace(b));
}

function setPlace({ set }: FindingImage): number {
  return set === null ? setNames.length : setNames.indexOf(set);
}

export function readCase(database: DatabaseSync, row: CaseRow): FindingCase {
  const all = imagesOfCase(database, row.id);
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
