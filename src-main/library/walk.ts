/** Finds the files below what the user picked, in an order that is the same on every machine. */
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, parse, sep } from 'node:path';
import { ExpectedError } from '../../src-shared/contract/errors.ts';

export interface FoundFile {
  path: string;
  /** Path below the source, '/' between names. */
  relativePath: string;
}

export interface Source {
  path: string;
  files: FoundFile[];
  /** Folders that could not be listed, and files that can be named but not opened. */
  unreadable: { path: string; reason: string }[];
}

const mostFiles = 5_000_000;
const deepest = 64;
const systemNames = new Set([
  'thumbs.db',
  'desktop.ini',
  '__macosx',
  'system volume information',
  '$recycle.bin',
  'ehthumbs.db',
]);

/** Hidden files, the operating system's litter, and Parenchyma's own projects are nobody's images. */
export function isSkipped(name: string): boolean {
  return name.startsWith('.') || systemNames.has(name.toLowerCase()) || name.endsWith('.parenchyma');
}

const natural = new Intl.Collator('en', { numeric: true });

/** 'slice2' before 'slice10'; names that differ in letter case or accents only are told apart by their code units. */
export function naturalOrder(a: string, b: string): number {
  return natural.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}

export async function walkSource(picked: string, signal: AbortSignal): Promise<Source> {
  const path = await findPath(picked).catch((cause: unknown) => {
    throw notFound(picked, cause);
  });
  const info = await stat(path);
  // A single file's source is the folder it lies in, so that many picked files are not as many sources.
  if (info.isFile()) return { path: dirname(path), files: [{ path, relativePath: basename(path) }], unreadable: [] };
  if (!info.isDirectory()) throw notFound(picked, undefined);
  const source: Source = { path, files: [], unreadable: [] };
  await walkFolder(source, path, '', new Set([path]), signal);
  return source;
}

/**
 * The real path of what was picked. A name typed or stored in another normal form than the file system keeps it (é as one character or
 * as two) is found all the same.
 */
async function findPath(picked: string): Promise<string> {
  try {
    return await realpath(picked);
  } catch (error) {
    let found = parse(picked).root;
    for (const name of picked.slice(found.length).split(sep).filter(Boolean)) {
      const next = await realpath(join(found, name)).catch(() => null);
      if (next !== null) {
        found = next;
        continue;
      }
      const wanted = name.normalize('NFC');
      const same = (await readdir(found)).filter((one) => one.normalize('NFC') === wanted);
      if (same.length !== 1) throw error;
      found = await realpath(join(found, same[0]!));
    }
    return found;
  }
}

async function walkFolder(
  source: Source,
  folder: string,
  below: string,
  visited: Set<string>,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => null);
  if (entries === null || visited.size > mostFiles) {
    source.unreadable.push({ path: folder, reason: 'The folder cannot be opened.' });
    return;
  }
  entries.sort((a, b) => naturalOrder(a.name, b.name));
  for (const entry of entries) {
    if (isSkipped(entry.name)) continue;
    const path = join(folder, entry.name);
    const relativePath = below === '' ? entry.name : `${below}/${entry.name}`;
    const kind = entry.isSymbolicLink() ? await linkKind(path, source.path) : entry;
    if (kind === null) continue;
    if (entry.name.includes('\uFFFD') && (await realpath(path).catch(() => null)) === null) {
      const reason = 'The name is not valid Unicode (an old code page?); rename the file or folder to import it.';
      source.unreadable.push({ path, reason });
    } else if (kind.isFile()) source.files.push({ path, relativePath });
    else if (kind.isDirectory()) await walkInside(source, { path, relativePath }, visited, signal);
  }
}

async function walkInside(
  source: Source,
  { path, relativePath }: FoundFile,
  visited: Set<string>,
  signal: AbortSignal,
): Promise<void> {
  // Fails where the path is longer than the system takes, or the folder has gone since it was listed.
  const real = await realpath(path).catch(() => null);
  if (real === null) {
    source.unreadable.push({ path, reason: 'The folder cannot be opened; its path may be too long.' });
  } else if (relativePath.split('/').length >= deepest) {
    source.unreadable.push({
      path,
      reason: `Folders are nested more than ${deepest} deep; what is in this one was left out.`,
    });
  } else if (!visited.has(real)) {
    visited.add(real);
    await walkFolder(source, path, relativePath, visited, signal);
  }
}

/** What a link points to; null when that lies outside of the source or is gone. */
async function linkKind(path: string, root: string): Promise<{ isFile(): boolean; isDirectory(): boolean } | null> {
  try {
    const target = await realpath(path);
    return target.startsWith(root + sep) ? await stat(target) : null;
  } catch {
    return null;
  }
}

function notFound(path: string, cause: unknown): ExpectedError {
  return new ExpectedError(
    {
      code: 'PATH_NOT_FOUND',
      message: `${basename(path)} cannot be found or opened (${path}).`,
      remedy: 'Check the path; connect the drive or the network folder it is on.',
    },
    { cause },
  );
}
