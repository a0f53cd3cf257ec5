/** The files that a DICOMDIR lists: Referenced File ID (0004,1500) of each directory record, a path in components. */
import type { ByteSource } from '../byteSource.ts';
import { Refusal } from '../refusal.ts';
import { text } from './attributes.ts';
import { readDicom } from './dataSet.ts';
import { tags } from './tags.ts';

/** Paths as the DICOMDIR has them, without repetitions; whether they stay below its folder has to be looked at. Some writers put / between names. */
export function directoryRecords(source: ByteSource): string[][] {
  const { dataSet } = readDicom(source);
  const sequence = dataSet.elements[tags.DirectoryRecordSequence];
  if (sequence === undefined) throw new Refusal('NOT_AN_IMAGE', 'The file is named DICOMDIR and holds no directory.');
  const paths = new Map<string, string[]>();
  for (const { dataSet: record } of sequence.items ?? []) {
    const value = record === undefined ? null : text(record, tags.ReferencedFileId);
    const names = value?.split(/[\\/]/).map((name) => name.trim()) ?? [];
    if (names.length > 0) paths.set(names.join('/'), names);
  }
  return [...paths.values()];
}
