import type { DatabaseSync } from 'node:sqlite';
import type {
  Finding,
  FindingCase,
  FindingDecision,
  FindingState,
  SimilarPair,
} from '../../src-shared/contract/findings.ts';
import { inTransaction } from './database.ts';
import { markImages, replaceCases } from './findingCases.ts';
import {
  caseRows,
  imagesOfCase,
  lastDecision,
  rank,
  readCase,
  readImages,
  stateOf,
  summarise,
  type CaseRow,
} from './findingRows.ts';
import { kindOf } from './findingWords.ts';
import { detectLeakage } from './leakage.ts';
import { createShortcutStore } from './shortcuts.ts';

/** Findings are kept case by case: what is detected again is the same case, what is not any more is resolved, decisions stay on record. */
export function createFindingStore(database: DatabaseSync) {
  /** Rows this connection had changed when leakage was last looked for: whatever was written since may matter. */
  let seenChanges = -1;
  const changes = () => Number(database.prepare('SELECT total_changes() AS n').get()?.n);

  const rows = (where: string, ...values: (string | number)[]) => caseRows(database, where, ...values);

  return {
    ...createShortcutStore(database),

    /** Looks for leakage anew when anything was written since the last time. */
    refresh(at: string): void {
      if (seenChanges === changes()) return;
      inTransaction(database, () => {
        replaceCases(database, 'leakage', detectLeakage(database), at);
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
      const images = new Set(ids.flatMap((id) => imagesOfCase(database, id)));
      const patients = new Set(
        accepted.flatMap(({ code, detail }) => (code === 'PATIENT_IN_TWO_SETS' ? (detail.patient ?? []) : [])),
      );
      return { patients, images };
    },
  };
}
