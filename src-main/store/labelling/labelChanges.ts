/** The one place where a change made by hand is written: the value in force, its own history, and the act that it belongs to. */
import type { DatabaseSync } from 'node:sqlite';
import type { LabelOrigin } from '../classes.ts';
import type { createExclusionStore } from '../exclusions.ts';
import { refuseForTestImages } from '../testLock.ts';

/** One value of one image. `before` and `after` are ids of classes; of an exclusion 1 for excluded. */
export interface LabelChange {
  imageId: number;
  what: 'label' | 'exclusion' | 'reading' | 'decision';
  /** Whose own label it is; null but for a reading. */
  readerId: number | null;
  before: number | null;
  after: number | null;
}

export interface ChangeContext {
  actId: number;
  origin: LabelOrigin;
  author: string;
  /** Printed with exclusions. */
  reason: string;
  at: string;
}

const inForce: Record<LabelChange['what'], string> = {
  label: 'SELECT class_id AS value FROM images WHERE id = :image',
  exclusion: 'SELECT excluded AS value FROM image_facts WHERE image_id = :image',
  reading: 'SELECT class_id AS value FROM reader_label_states WHERE image_id = :image AND reader_id = :reader',
  decision: 'SELECT class_id AS value FROM adjudications WHERE image_id = :image ORDER BY id DESC LIMIT 1',
};

export function createLabelChanges(database: DatabaseSync, exclusions: ReturnType<typeof createExclusionStore>) {
  /** The value in force. */
  function current({ what, imageId, readerId }: Omit<LabelChange, 'before' | 'after'>): number | null {
    const value = database
      .prepare(inForce[what])
      .get({ image: imageId, ...(what === 'reading' ? { reader: readerId } : {}) })?.value;
    return value == null ? null : Number(value);
  }

  function write({ what, imageId, readerId, after }: LabelChange, by: ChangeContext): void {
    if (what === 'label') {
      refuseForTestImages(database, [imageId], 'The label of an image would change.');
      database.prepare('UPDATE images SET class_id = ? WHERE id = ?').run(after, imageId);
      database
        .prepare('INSERT INTO label_history (image_id, class_id, origin, author, at, act_id) VALUES (?, ?, ?, ?, ?, ?)')
        .run(imageId, after, by.origin, by.author, by.at, by.actId);
    } else if (what === 'exclusion') {
      exclusions.set(imageId, after === 1, { author: by.author, reason: by.reason, at: by.at });
    } else if (what === 'reading') {
      database
        .prepare('INSERT INTO reader_labels (image_id, reader_id, class_id, act_id, at) VALUES (?, ?, ?, ?, ?)')
        .run(imageId, readerId, after, by.actId, by.at);
    } else {
      database
        .prepare('INSERT INTO adjudications (image_id, class_id, author, act_id, at) VALUES (?, ?, ?, ?, ?)')
        .run(imageId, after, by.author, by.actId, by.at);
    }
  }

  return {
    current,

    /** Writes a change with its place in the act. */
    apply(change: LabelChange, by: ChangeContext): void {
      write(change, by);
      database
        .prepare(
          'INSERT INTO label_act_images (act_id, what, image_id, reader_id, before, after) VALUES (?, ?, ?, ?, ?, ?)',
        )
        .run(by.actId, change.what, change.imageId, change.readerId, change.before, change.after);
    },
  };
}
