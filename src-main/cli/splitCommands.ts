import { InvalidArgumentError, Option } from 'commander';
import { resolve } from 'node:path';
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import { splitRequestSchema, type SplitRequest, type SplitSummary } from '../../src-shared/contract/splits.ts';
import { setNames, type SetName } from '../../src-shared/contract/vocabulary.ts';
import type { ProjectSession } from '../app/session.ts';
import type { CommandAdder } from './command.ts';
import { numberOption, ratioOption, withProject } from './options.ts';

interface SplitOptions {
  ratio: [number, number, number];
  seed: number;
  splitFiles?: string;
  folds?: number;
  fold?: number;
  fix: { set: SetName; folder: string }[];
  duplicatesTogether?: boolean;
  keepTest?: boolean;
}

/** Dividing the patients, and the lock of the test set. */
export function addSplitCommands(commands: CommandAdder): void {
  commands.add<[string], SplitOptions>(
    'split <PROJECT>',
    'divide the patients into training, validation and test, stratified by class',
    [
      ratioOption(),
      numberOption('--seed <N>', 'seed of the drawing', { least: 0, most: 4_294_967_295 }).default(1),
      new Option('--split-files <DIR>', 'use the official lists in this folder instead'),
      numberOption('--folds <K>', 'share training and validation out to K folds; fold 1 validates', {
        least: 2,
        most: 20,
      }),
      numberOption('--fold <N>', 'make fold N of the split in force the validation set', { least: 1, most: 20 }),
      new Option('--fix <SET=FOLDER>', 'images of this folder belong to the set; repeatable')
        .argParser(fixedFolder)
        .default([], 'none'),
      new Option('--duplicates-together', 'patients whose images are duplicates of each other stay in one set'),
      new Option('--keep-test', 'leave the test set as it is, draw only the rest'),
    ],
    async ({ output, signal }, options, project) => {
      const split = await withProject(project, async (session) => {
        // Near-duplicates are part of what the split is judged by.
        await session.check(output.context(signal));
        await applySplit(session, options);
        return session.currentSplit()!;
      });
      output.result(split, describeSplit(split));
    },
  );

  commands.add<[string], { unlock?: boolean; reason: string; by?: string }>(
    'lock-test <PROJECT>',
    'lock the test set, or unlock it on purpose; both are recorded and printed in every report',
    [
      new Option('--unlock', 'unlock instead'),
      new Option('--reason <TEXT>', 'why').makeOptionMandatory(),
      new Option('--by <NAME>', 'who says so'),
    ],
    async ({ output }, options, project) => {
      const lock = await withProject(project, (session) =>
        Promise.resolve(
          session.lockTest(options.unlock !== true, { reason: options.reason, author: options.by ?? '' }),
        ),
      );
      output.result(lock, `The test set is ${lock.locked ? 'locked' : 'unlocked'}.`);
    },
  );
}

async function applySplit(session: ProjectSession, options: SplitOptions): Promise<SplitSummary> {
  if (options.splitFiles) return session.splitFromFiles(resolve(options.splitFiles));
  if (options.fold !== undefined && options.folds === undefined) return session.chooseFold(options.fold);
  const split = session.split(
    splitRequestSchema.parse({
      ratio: options.ratio,
      seed: options.seed,
      folds: options.folds ?? null,
      fixed: options.fix.flatMap(({ set, folder }) => foldersBelow(session, folder, set)),
      keepDuplicatesTogether: options.duplicatesTogether ?? false,
      keepTest: options.keepTest ?? false,
    } satisfies SplitRequest),
  );
  return options.fold === undefined ? split : session.chooseFold(options.fold);
}

function fixedFolder(text: string, before: SplitOptions['fix']): SplitOptions['fix'] {
  const at = text.indexOf('=');
  const set = setNames.find((one) => one === text.slice(0, at));
  if (set === undefined || at === text.length - 1) {
    throw new InvalidArgumentError('A set and a folder are needed, like test=/data/2025.');
  }
  return [...before, { set, folder: resolve(text.slice(at + 1)) }];
}

/** The folder of the project at an absolute path. */
function foldersBelow(session: ProjectSession, folder: string, set: SetName): SplitRequest['fixed'] {
  const found = session.catalogue
    .folders()
    .find((one) => resolve(one.source, ...one.folder.split('/').filter(Boolean)) === folder);
  if (found !== undefined) return [{ sourceId: found.sourceId, folder: found.folder, set }];
  throw new ExpectedError({
    code: 'NOT_FOUND',
    message: `The project has no images at ${folder}.`,
    kept: 'The split is as it was.',
    remedy: 'Give a folder that was imported, or one below it.',
  });
}

export function describeSplit(split: SplitSummary): string {
  const sets = split.sets.map((one) => {
    const classes = Object.entries(one.classes).map(([name, images]) => `${images} ${name}`);
    return `${one.set.padEnd(10)} ${String(one.images).padStart(6)} images, ${String(one.patients).padStart(5)} patients (${classes.join(', ') || 'none'})`;
  });
  const folds = split.folds === null ? [] : [`Fold ${split.fold ?? 1} of ${split.folds} is the validation set.`];
  const findings =
    split.leakage.length === 0 ? ['No findings.'] : split.leakage.map((finding) => `Finding: ${finding.message}`);
  return [...sets, ...folds, ...findings].join('\n');
}
