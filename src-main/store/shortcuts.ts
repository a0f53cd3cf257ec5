import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { shortcutTestSchema, type ShortcutTest } from '../../src-shared/contract/findings.ts';
import { isFinding, type ShortcutImage } from '../library/index.ts';
import { inTransaction } from './database.ts';
import { replaceCases } from './findingCases.ts';
import type { DetectedCase } from './leakage.ts';

/** What is tested for shortcuts, the results, and what they were worked out from. */
export function createShortcutStore(database: DatabaseSync) {
  return {
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
        replaceCases(database, 'shortcut', detected, at);
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
