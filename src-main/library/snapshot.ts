/** The frozen list a run is trained on. Its hash is over canonical JSON: the same images, labels, sets and preprocessing give the same. */
import { createHash } from 'node:crypto';
import type { Preprocessing } from '../../src-shared/contract/training.ts';
import type { SetName } from '../../src-shared/contract/vocabulary.ts';

export interface SnapshotImage {
  pixelSha256: string;
  className: string;
  set: SetName;
  /** Never the hospital's identifier. */
  pseudonym: string;
}

export interface SnapshotInput {
  images: readonly SnapshotImage[];
  classes: readonly string[];
  positiveClass: string;
  preprocessing: Preprocessing;
}

export interface Snapshot {
  sha256: string;
  document: string;
}

export function freezeSnapshot({ images, classes, positiveClass, preprocessing }: SnapshotInput): Snapshot {
  const listed = images
    .map(({ pixelSha256, className, set, pseudonym }) => ({ pixelSha256, label: className, set, patient: pseudonym }))
    .map((image) => canonicalJson(image))
    .sort();
  const facts = canonicalJson({
    format: 'parenchyma-snapshot',
    version: 1,
    classes: [...classes],
    positiveClass,
    preprocessing,
  });
  const document = `${facts.slice(0, -1)},"images":[${listed.join(',')}]}`;
  return { sha256: createHash('sha256').update(document).digest('hex'), document };
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
