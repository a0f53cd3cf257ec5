import { readdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { ExpectedError } from '../../src-shared/contract/errors.ts';

const mostEntries = 2000;

/** Folders and files of one folder, for the folder picker of the browser shell. Hidden entries are left out. */
export async function browseFolder(path: string | null) {
  const folder = resolve(path ?? homedir());
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new ExpectedError(
      {
        code: 'PATH_NOT_FOUND',
        message: `The folder ${folder} is not there or cannot be read.`,
        remedy: 'Choose another folder.',
      },
      { cause },
    );
  });
  const visible = entries.filter((entry) => !entry.name.startsWith('.')).sort((a, b) => byName.compare(a.name, b.name));
  const shown = visible.slice(0, mostEntries);
  const folders = shown
    .filter((entry) => entry.isDirectory())
    .map((entry) => ({
      name: entry.name,
      path: join(folder, entry.name),
      project: entry.name.endsWith('.parenchyma'),
    }));
  const files = await Promise.all(
    shown
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const file = join(folder, entry.name);
        return { name: entry.name, path: file, bytes: (await stat(file).catch(() => null))?.size ?? 0 };
      }),
  );
  const parent = dirname(folder);
  return {
    path: folder,
    parent: parent === folder ? null : parent,
    folders,
    files,
    truncated: visible.length > shown.length,
  };
}

const byName = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
