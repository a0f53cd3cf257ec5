/** What is in two sets and must not be: patients, files, pictures by their pixels, and pictures that show nearly the same. */
import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { FindingCode } from '../../src-shared/contract/findings.ts';
import { setNames, setNameSchema, type SetName } from '../../src-shared/contract/vocabulary.ts';

export const detailSchema = z.strictObject({
  similarity: z.number().optional(),
  mirrored: z.boolean().optional(),
  /** Group of patients. */
  patient: z.number().optional(),
  /** Set in which the file was given a second time. */
  claimed: setNameSchema.optional(),
  message: z.string().optional(),
});
export type Detail = z.infer<typeof detailSchema>;

export interface DetectedCase {
  key: string;
  finding: string;
  code: FindingCode;
  sets: SetName[];
  detail: Detail;
  images: number[];
}

const pairs: readonly (readonly [SetName, SetName])[] = setNames.flatMap((first, index) =>
  setNames.slice(index + 1).map((second) => [first, second] as const),
);

export function detectLeakage(database: DatabaseSync): DetectedCase[] {
  return [...patients(database), ...files(database), ...pixels(database), ...nearDuplicates(database)];
}

const memberSchema = z.object({ key: z.union([z.number(), z.string()]), imageId: z.number(), set: setNameSchema });

/** One case for each pair of sets in which members of a group are. */
function groupCases(
  database: DatabaseSync,
  sql: string,
  code: FindingCode,
  name: string,
  detailOf: (key: number | string) => Detail,
): DetectedCase[] {
  const groups = new Map<number | string, { imageId: number; set: SetName }[]>();
  for (const row of database.prepare(sql).iterate()) {
    const { key, imageId, set } = memberSchema.parse(row);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [{ imageId, set }]);
    else group.push({ imageId, set });
  }
  return [...groups].flatMap(([key, members]) =>
    pairs.flatMap((sets) => {
      if (!sets.every((set) => members.some((member) => member.set === set))) return [];
      const images = members.filter(({ set }) => sets.includes(set)).map(({ imageId }) => imageId);
      return { key: `${name}:${key}:${sets.join(':')}`, ...findingOf(name, sets), code, detail: detailOf(key), images };
    }),
  );
}

function findingOf(name: string, sets: readonly SetName[]): { finding: string; sets: SetName[] } {
  return { finding: `${name}:${sets.join(':')}`, sets: [...sets] };
}

function patients(database: DatabaseSync): DetectedCase[] {
  return groupCases(
    database,
    `SELECT group_id AS key, image_id AS imageId, set_name AS "set" FROM image_facts
     WHERE set_name IS NOT NULL AND excluded = 0 AND group_id IN
       (SELECT group_id FROM image_facts WHERE set_name IS NOT NULL AND excluded = 0 GROUP BY group_id HAVING count(DISTINCT set_name) > 1)
     ORDER BY group_id, image_id`,
    'PATIENT_IN_TWO_SETS',
    'patient',
    (key) => ({ patient: Number(key) }),
  );
}

function pixels(database: DatabaseSync): DetectedCase[] {
  return groupCases(
    database,
    `SELECT images.pixel_sha256 AS key, facts.image_id AS imageId, facts.set_name AS "set"
     FROM images JOIN image_facts AS facts ON facts.image_id = images.id
     WHERE facts.set_name IS NOT NULL AND facts.excluded = 0 AND images.pixel_sha256 IN
       (SELECT pixel_sha256 FROM images WHERE pixel_sha256 IS NOT NULL GROUP BY pixel_sha256 HAVING count(*) > 1)
     ORDER BY images.pixel_sha256, facts.image_id`,
    'SAME_PIXELS_IN_TWO_SETS',
    'same-pixels',
    () => ({}),
  );
}

const claimSchema = z.object({ imageId: z.number(), set: setNameSchema, claimed: setNameSchema });

/** A file that is in the project once, but was given for two sets. */
function files(database: DatabaseSync): DetectedCase[] {
  return database
    .prepare(
      `SELECT DISTINCT facts.image_id AS imageId, facts.set_name AS "set", duplicates.set_name AS claimed
       FROM duplicates JOIN images ON images.file_id = duplicates.file_id JOIN image_facts AS facts ON facts.image_id = images.id
       WHERE duplicates.set_name IS NOT NULL AND facts.set_name IS NOT NULL AND duplicates.set_name <> facts.set_name AND facts.excluded = 0
       ORDER BY facts.image_id`,
    )
    .all()
    .map((row) => claimSchema.parse(row))
    .map(({ imageId, set, claimed }): DetectedCase => {
      const sets = setNames.filter((one) => one === set || one === claimed);
      return {
        key: `same-file:${imageId}:${sets.join(':')}`,
        ...findingOf('same-file', sets),
        code: 'SAME_FILE_IN_TWO_SETS',
        detail: { claimed },
        images: [imageId],
      };
    });
}

const nearSchema = z.object({
  first: z.number(),
  second: z.number(),
  similarity: z.number(),
  mirrored: z.number(),
  firstSet: setNameSchema,
  secondSet: setNameSchema,
});

function nearDuplicates(database: DatabaseSync): DetectedCase[] {
  return database
    .prepare(
      `SELECT near_duplicates.first, near_duplicates.second, similarity, mirrored, one.set_name AS firstSet, two.set_name AS secondSet
       FROM near_duplicates JOIN image_facts AS one ON one.image_id = near_duplicates.first
       JOIN image_facts AS two ON two.image_id = near_duplicates.second
       WHERE near_duplicates.duplicate = 1 AND one.set_name <> two.set_name AND one.excluded = 0 AND two.excluded = 0
       ORDER BY near_duplicates.first, near_duplicates.second`,
    )
    .all()
    .map((row) => nearSchema.parse(row))
    .map(({ first, second, similarity, mirrored, firstSet, secondSet }): DetectedCase => {
      const sets = setNames.filter((set) => set === firstSet || set === secondSet);
      return {
        key: `near-duplicate:${first}:${second}:${sets.join(':')}`,
        ...findingOf('near-duplicate', sets),
        code: 'NEAR_DUPLICATE_IN_TWO_SETS',
        detail: { similarity, mirrored: mirrored === 1 },
        images: [first, second],
      };
    });
}
