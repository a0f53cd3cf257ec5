/**
 * The frozen list a run is trained on: hashes of the files, labels, sets, pseudonyms, classes and preprocessing as canonical JSON, so the
 * same data in another project, taken in in the same order, gives the same hash: pseudonyms are numbered as patients come. No path, no file
 * name, no identifier of a patient. Version 1 also had a hash of the stored values of each image, which file and frame determine.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { preprocessingSchema, type Preprocessing } from '../../src-shared/contract/training.ts';
import { setNameSchema, sha256Schema } from '../../src-shared/contract/vocabulary.ts';

const frozenImageSchema = z.strictObject({
  fileSha256: sha256Schema,
  frame: z.int().nonnegative(),
  className: z.string(),
  set: setNameSchema,
  patient: z.string(),
});
export type FrozenImage = z.infer<typeof frozenImageSchema>;

const imageOfDocumentSchema = frozenImageSchema
  .extend({ pixelSha256: sha256Schema.optional() })
  .transform(({ pixelSha256: _inVersion1, ...image }): FrozenImage => image);

const documentSchema = z.strictObject({
  format: z.literal('parenchyma-snapshot'),
  version: z.union([z.literal(1), z.literal(2)]),
  classes: z.array(z.string()),
  positiveClass: z.string(),
  preprocessing: preprocessingSchema,
  images: z.array(imageOfDocumentSchema),
});

/** A frozen state; the data as they stand have no preprocessing. */
export type SnapshotDocument = Pick<z.infer<typeof documentSchema>, 'classes' | 'positiveClass' | 'images'> & {
  preprocessing: Preprocessing | null;
};

/** `sha256` is of `document`'s bytes. */
export interface Snapshot {
  sha256: string;
  document: string;
}

export interface SnapshotInput {
  images: readonly (Omit<FrozenImage, 'patient'> & { pseudonym: string })[];
  classes: readonly string[];
  positiveClass: string;
  preprocessing: Preprocessing;
}

export function freezeSnapshot({ images, classes, positiveClass, preprocessing }: SnapshotInput): Snapshot {
  const frozen = images.map(({ fileSha256, frame, className, set, pseudonym }): FrozenImage => ({
    fileSha256,
    frame,
    className,
    set,
    patient: pseudonym,
  }));
  frozen.sort((a, b) => (a.fileSha256 === b.fileSha256 ? a.frame - b.frame : a.fileSha256 < b.fileSha256 ? -1 : 1));
  const document = canonicalJson({
    format: 'parenchyma-snapshot',
    version: 2,
    classes,
    positiveClass,
    preprocessing,
    images: frozen,
  });
  return { sha256: createHash('sha256').update(document).digest('hex'), document };
}

/** A stored document; throws when it is no snapshot. */
export function readSnapshotDocument(document: string): SnapshotDocument {
  return documentSchema.parse(JSON.parse(document));
}

/** The images of a stored document; throws when it is no snapshot. */
export function readSnapshot(document: string): FrozenImage[] {
  return documentSchema.parse(JSON.parse(document)).images;
}

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** JSON with keys in code-unit order and no spaces (RFC 8785 for what occurs here: no numbers that print differently). */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map((one) => canonicalJson(one)).join(',')}]`;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, one]) => `${JSON.stringify(key)}:${canonicalJson(one)}`).join(',')}}`;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
