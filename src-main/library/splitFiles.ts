/**
 * Official lists of a split, as COVID-CT has them: text files named after their set (`trainCT_COVID.txt`, `valCT_…`, `testCT_…`),
 * one file name a line, in a folder named after the class.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import type { SetName } from '../../src-shared/contract/vocabulary.ts';

export interface SplitList {
  set: SetName;
  /** Name of the folder that holds the list: the class, where lists are given per class. */
  folder: string;
  names: string[];
}

export interface ListedImage {
  imageId: number;
  path: string;
  fileName: string;
  className: string;
}

export interface SplitListMatch {
  /** Set by image id: the first that a list gives. */
  sets: Map<number, SetName>;
  /** Another set that a list gives an image, under this or another name of the same file. */
  second: Map<number, SetName>;
  /** Names in the lists for which there is no image; official lists are often of a larger collection. */
  missing: string[];
  /** Images that no list names; they are in no set. */
  unlisted: number;
}

const largestList = 16 * 1024 ** 2;
const deepest = 4;

export async function readSplitFiles(directory: string): Promise<SplitList[]> {
  const lists: SplitList[] = [];
  try {
    for (const path of await textFiles(directory, deepest)) {
      const set = setOfListName(basename(path));
      if (set === null) continue;
      if ((await stat(path)).size > largestList) throw unreadable(`${path} is too large for a list of names.`);
      lists.push({ set, folder: basename(dirname(path)), names: linesOf(await readFile(path, 'utf8')) });
    }
  } catch (cause) {
    if (cause instanceof ExpectedError) throw cause;
    throw unreadable(`The folder ${directory} cannot be read.`, cause);
  }
  if (lists.length === 0) throw unreadable(`The folder ${directory} holds no list of a split.`);
  return lists;
}

async function textFiles(directory: string, depth: number): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  const nested = await Promise.all(
    entries.map((entry) => {
      const path = join(directory, entry.name);
      if (entry.isDirectory() && depth > 0) return textFiles(path, depth - 1);
      return Promise.resolve(entry.isFile() && /\.txt$/i.test(entry.name) ? [path] : []);
    }),
  );
  return nested.flat();
}

export function setOfListName(name: string): SetName | null {
  const lower = name.toLowerCase();
  if (/^train/.test(lower)) return 'training';
  if (/^val/.test(lower)) return 'validation';
  return /^test/.test(lower) ? 'test' : null;
}

export function linesOf(text: string): string[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** Names are matched exactly first, then without regard to letter case and normal form. */
export function matchSplitFiles(lists: readonly SplitList[], images: readonly ListedImage[]): SplitListMatch {
  const exact = groupBy(images, (image) => image.fileName);
  const loose = groupBy(images, (image) => normalised(image.fileName));
  const sets = new Map<number, SetName>();
  const second = new Map<number, SetName>();
  const missing: string[] = [];
  for (const { set, folder, names } of lists) {
    for (const name of names) {
      const candidates = exact.get(name) ?? loose.get(normalised(name)) ?? [];
      if (candidates.length === 0) missing.push(name);
      for (const { imageId } of narrow(candidates, folder)) {
        const given = sets.get(imageId);
        if (given === undefined) sets.set(imageId, set);
        else if (given !== set) second.set(imageId, set);
      }
    }
  }
  if (sets.size === 0) {
    throw unreadable('None of the names in the lists is the name of a labelled image of this project.');
  }
  return { sets, second, missing, unlisted: images.filter(({ imageId }) => !sets.has(imageId)).length };
}

/** Of images with one name, those of the list's class, by label or by folder; all of them when that tells nothing. */
function narrow(candidates: readonly ListedImage[], folder: string): readonly ListedImage[] {
  if (candidates.length < 2) return candidates;
  const wanted = letters(folder);
  const ofClass = candidates.filter(({ className }) => letters(className) === wanted);
  if (ofClass.length > 0) return ofClass;
  const ofFolder = candidates.filter(({ path }) => [wanted, `ct${wanted}`].includes(letters(basename(dirname(path)))));
  return ofFolder.length > 0 ? ofFolder : candidates;
}

function normalised(name: string): string {
  return name.replaceAll('\\', '/').split('/').at(-1)!.normalize('NFC').toLowerCase();
}

function letters(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

function groupBy(images: readonly ListedImage[], key: (image: ListedImage) => string): Map<string, ListedImage[]> {
  const groups = new Map<string, ListedImage[]>();
  for (const image of images) {
    const group = groups.get(key(image));
    if (group === undefined) groups.set(key(image), [image]);
    else group.push(image);
  }
  return groups;
}

function unreadable(message: string, cause?: unknown): ExpectedError {
  return new ExpectedError(
    {
      code: 'SPLIT_FILES_UNREADABLE',
      message,
      kept: 'The split in force was not changed.',
      remedy: 'Give the folder that holds lists named train….txt, val….txt and test….txt, one file name a line.',
    },
    cause === undefined ? undefined : { cause },
  );
}
