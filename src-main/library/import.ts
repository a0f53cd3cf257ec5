/** Import: find files, read each once in the decoder's workers, write what was learnt in small durable steps. Sources are only read. */
import { basename } from 'node:path';
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import type { ImportRequest, PatientRule } from '../../src-shared/contract/library.ts';
import type { JobContext } from '../../src-shared/contract/progress.ts';
import { followDirectory, isDirectoryFile } from './dicomDirectory.ts';
import type { ImportDependencies, ImportOutcome } from './importParts.ts';
import { cancelled, folderOf, ImportRun } from './importRun.ts';
import { pictureKeys, proposePatientRule } from './patients.ts';
import type { ImportStore } from './ports.ts';
import { walkSource, type Source } from './walk.ts';

/**
 * Done twice, it changes nothing the second time; cancelled, it keeps what was written and throws CANCELLED. Throws PATH_NOT_FOUND
 * before anything is read, and NOTHING_TO_IMPORT when the paths hold no file.
 */
export async function importPaths(
  { store, decoder }: ImportDependencies,
  request: Pick<ImportRequest, 'paths' | 'label' | 'patientRule'>,
  context: JobContext,
): Promise<ImportOutcome> {
  const sources = await findFiles(request.paths, decoder, context);
  const rule = chooseRule(store, sources, request.patientRule);
  return new ImportRun({ store, decoder }, rule, request.label, sources, context).run();
}

async function findFiles(
  paths: readonly string[],
  decoder: ImportDependencies['decoder'],
  context: JobContext,
): Promise<Source[]> {
  const walkPicked = async (path: string): Promise<Source> => {
    const source = await walkSource(path, context.signal);
    return isDirectoryFile(source) ? followDirectory(source, decoder) : source;
  };
  context.report({
    phase: 'finding',
    done: 0,
    total: null,
    rate: null,
    etaSeconds: null,
    message: 'Looking for files',
  });
  const sources: Source[] = [];
  for (const path of paths) {
    const source = await walkPicked(path).catch((error: unknown) => {
      throw context.signal.aborted ? cancelled(0) : error;
    });
    merge(sources, source);
  }
  if (sources.every(({ files, unreadable }) => files.length === 0 && unreadable.length === 0)) {
    throw new ExpectedError({
      code: 'NOTHING_TO_IMPORT',
      message: paths.length === 1 ? `${paths[0]!} holds no files.` : 'These folders hold no files.',
      remedy: 'Choose a folder with DICOM, PNG, JPEG, TIFF, BMP or WebP images.',
    });
  }
  return sources;
}

/** The same folder picked twice, or several files of it, make one source. */
function merge(sources: Source[], found: Source): void {
  const same = sources.find(({ path }) => path === found.path);
  if (same === undefined) {
    sources.push(found);
    return;
  }
  const known = new Set(same.files.map(({ path }) => path));
  same.files.push(...found.files.filter(({ path }) => !known.has(path)));
  same.unreadable.push(...found.unreadable.filter(({ path }) => !same.unreadable.some((other) => other.path === path)));
}

/** A rule that is asked for, or the project's, or the one that the names suggest; a new one applies to earlier pictures too. */
function chooseRule(store: ImportStore, sources: readonly Source[], asked: PatientRule | null): PatientRule {
  const kept = store.patientRule();
  if (asked === null && kept !== null) return kept;
  const pictures = sources.flatMap(({ files }) =>
    files.filter(({ path }) => /\.(png|jpe?g|tiff?|bmp|webp)$/i.test(path)),
  );
  const rule =
    asked ??
    proposePatientRule(
      pictures.map(({ path }) => basename(path)),
      pictures.map(({ relativePath }) => folderOf(relativePath)),
    );
  const known = store.pictureNames();
  // Tries the pattern before anything is imported.
  const keys = pictureKeys(known, rule);
  if (asked !== null && (kept === null || JSON.stringify(kept) !== JSON.stringify(asked)))
    store.applyPatientRule(rule, keys);
  return rule;
}
