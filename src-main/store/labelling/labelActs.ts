import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import {
  labelActSchema,
  type LabelAct,
  type LabelStack,
  type UndoOutcome,
} from '../../../src-shared/contract/labelling.ts';
import type { LabelOrigin } from '../classes.ts';
import { inTransaction } from '../database.ts';
import { createExclusionStore } from '../exclusions.ts';
import { createLabelChanges, type LabelChange } from './labelChanges.ts';

export type WishedChange = Omit<LabelChange, 'before'>;

export interface NewAct {
  kind: LabelAct['kind'];
  origin: LabelOrigin;
  author: string;
  /** What is done, in words, for the number of images that really change. */
  words: (images: number) => string;
  reason?: string;
  at: string;
}

const changeSchema = z.object({
  imageId: z.number(),
  what: z.enum(['label', 'exclusion', 'reading', 'decision']),
  readerId: z.number().nullable(),
  before: z.number().nullable(),
  after: z.number().nullable(),
});

/** Acts are in force unless the last entry of undo and redo about them is an undo. */
const lastTurn = `SELECT kind FROM label_acts AS turn WHERE turn.act_id = act.id ORDER BY turn.id DESC LIMIT 1`;
const actColumns = 'act.id, act.kind, act.author, act.words, act.at';

/** What was done by hand with labels, as a stack for each author: it is in the database, so undo works after a restart. */
export function createLabelActs(database: DatabaseSync) {
  const changes = createLabelChanges(database, createExclusionStore(database));

  const insert = (kind: string, author: string, words: string, actId: number | null, at: string): number =>
    Number(
      database
        .prepare('INSERT INTO label_acts (kind, author, words, act_id, at) VALUES (?, ?, ?, ?, ?)')
        .run(kind, author, words, actId, at).lastInsertRowid,
    );

  function stack(author: string): LabelStack {
    const undo = database
      .prepare(
        `SELECT ${actColumns} FROM label_acts AS act WHERE author = ? AND act_id IS NULL
           AND coalesce((${lastTurn}), 'redo') = 'redo' ORDER BY id DESC LIMIT 1`,
      )
      .get(author);
    // Whatever is done after an undo empties the list of what could be brought back.
    const redo = database
      .prepare(
        `SELECT ${actColumns} FROM label_acts AS act
         JOIN label_acts AS turned ON turned.id = (SELECT max(id) FROM label_acts AS turn WHERE turn.act_id = act.id)
         WHERE act.author = :author AND act.act_id IS NULL AND turned.kind = 'undo'
           AND turned.id > (SELECT max(id) FROM label_acts AS fresh WHERE fresh.author = :author AND fresh.act_id IS NULL)
         ORDER BY turned.id DESC LIMIT 1`,
      )
      .get({ author });
    return {
      undo: undo === undefined ? null : labelActSchema.parse(undo),
      redo: redo === undefined ? null : labelActSchema.parse(redo),
    };
  }

  const changesOf = (act: number): LabelChange[] =>
    database
      .prepare(
        `SELECT image_id AS imageId, what, reader_id AS readerId, before, after FROM label_act_images WHERE act_id = ?
         ORDER BY image_id, what`,
      )
      .all(act)
      .map((row) => changeSchema.parse(row));

  /** Sets each value of an act to what it was before (undo) or after it (redo), unless somebody has changed it since. */
  function turn(kind: 'undo' | 'redo', act: LabelAct | null, at: string): UndoOutcome {
    if (act === null) return { act: null, changed: 0, kept: 0, imageId: null };
    const all = changesOf(act.id);
    const actId = insert(kind, act.author, act.words, act.id, at);
    const reason = kind === 'undo' ? 'taken back' : act.words;
    const changed = new Set<number>();
    for (const change of all) {
      const [from, to] = kind === 'undo' ? [change.after, change.before] : [change.before, change.after];
      if (changes.current(change) !== from) continue;
      changes.apply(
        { ...change, before: from, after: to },
        { actId, origin: 'reader', author: act.author, reason, at },
      );
      changed.add(change.imageId);
    }
    const images = new Set(all.map(({ imageId }) => imageId));
    return { act, changed: changed.size, kept: images.size - changed.size, imageId: all[0]?.imageId ?? null };
  }

  return {
    stack,

    /** Images whose reference label or exclusion an act has changed. */
    referenceImages: (act: number): number[] =>
      changesOf(act).flatMap(({ what, imageId }) => (what === 'reading' ? [] : [imageId])),

    /** Carries out what differs from the values in force, as one act; null when nothing does. */
    carryOut(wishes: readonly WishedChange[], wish: NewAct): { changed: number; act: LabelAct | null } {
      return inTransaction(database, () => {
        const real = wishes.flatMap((one) => {
          const before = changes.current(one);
          return before === one.after ? [] : [{ ...one, before }];
        });
        const images = new Set(real.map(({ imageId }) => imageId)).size;
        if (images === 0) return { changed: 0, act: null };
        const { kind, origin, author, at } = wish;
        const words = wish.words(images);
        const actId = insert(kind, author, words, null, at);
        for (const change of real) changes.apply(change, { actId, origin, author, reason: wish.reason ?? words, at });
        return { changed: images, act: { id: actId, kind, author, words, at } };
      });
    },

    undo: (author: string, at: string): UndoOutcome =>
      inTransaction(database, () => turn('undo', stack(author).undo, at)),
    redo: (author: string, at: string): UndoOutcome =>
      inTransaction(database, () => turn('redo', stack(author).redo, at)),
  };
}
