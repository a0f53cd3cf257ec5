/** A DICOMDIR that was picked by itself stands for the files that it lists (PS3.10, section 8; PS3.3, annex F). */
import { readdir, realpath } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import type { Decoder } from './decoder.ts';
import type { FoundFile, Source } from './walk.ts';

export function isDirectoryFile({ files, unreadable }: Source): boolean {
  return files.length === 1 && unreadable.length === 0 && basename(files[0]!.path).toUpperCase() === 'DICOMDIR';
}

/**
 * The source with the listed files in place of the index. A file that is listed and not there is named; a DICOMDIR that cannot be read
 * stays, and is refused with its reason like any other file.
 */
export async function followDirectory(source: Source, decoder: Pick<Decoder, 'directory'>): Promise<Source> {
  const outcome = await decoder.directory(source.files[0]!.path);
  if (outcome.kind === 'rejected') return source;
  const followed: Source = { path: source.path, files: [], unreadable: [] };
  const folders = new Map<string, Map<string, string>>();
  const seen = new Set<string>();
  for (const names of outcome.files) {
    if (names.some((name) => name === '' || name === '.' || name === '..' || name.includes('\0'))) {
      const path = [source.path, ...names].join(sep);
      followed.unreadable.push({ path, reason: 'The DICOMDIR lists this file, and it is not below its folder.' });
      continue;
    }
    const found = await findListed(source.path, names, folders);
    if (found === null) {
      const path = join(source.path, ...names);
      followed.unreadable.push({ path, reason: 'The DICOMDIR lists this file, and it is not there.' });
    } else if (!seen.has(found.path)) followed.files.push(found);
    if (found !== null) seen.add(found.path);
  }
  return followed;
}

/** Names are upper case in the index; media are often mounted or copied in lower case. Nothing outside of the folder is followed. */
async function findListed(
  root: string,
  names: readonly string[],
  folders: Map<string, Map<string, string>>,
): Promise<FoundFile | null> {
  const below: string[] = [];
  for (const name of names) {
    const folder = join(root, ...below);
    if (!folders.has(folder)) {
      const entries = await readdir(folder).catch(() => []);
      folders.set(folder, new Map(entries.map((entry) => [entry.toUpperCase(), entry])));
    }
    const entry = folders.get(folder)!.get(name.toUpperCase());
    if (entry === undefined) return null;
    below.push(entry);
  }
  const path = join(root, ...below);
  const real = await realpath(path).catch(() => null);
  return real?.startsWith(root + sep) ? { path, relativePath: below.join('/') } : null;
}
