import { InvalidArgumentError, Option } from 'commander';
import { resolve } from 'node:path';
import { importRequestSchema } from '../../src-shared/contract/library.ts';
import { setNames, type SetName } from '../../src-shared/contract/vocabulary.ts';
import type { CommandAdder } from './command.ts';
import { numberOption, splitProjectPath, withApplication, withProject } from './options.ts';
import { exitCodes } from './output.ts';

/** create, import, split, sample. */
export function addDataCommands(commands: CommandAdder): void {
  commands.add<[string], object>(
    'create <PROJECT>',
    'make a new project',
    [],
    async ({ output }, _options, project) => {
      const { directory, name } = splitProjectPath(project);
      const summary = await withApplication(async (application) =>
        (await application.create(name, directory)).summary(),
      );
      output.result(summary, `Made ${summary.path}`);
    },
  );

  commands.add<[string, string[]], { label?: string; set?: SetName; splitFiles?: string; patients?: string }>(
    'import <PROJECT> <PATH...>',
    'read folders and files of CT images (DICOM, PNG, JPEG); the originals are never changed',
    [
      new Option('--label <CLASS>', 'class of all these images').argParser(className),
      new Option('--set <SET>', 'set of all these images').choices(setNames),
      new Option('--split-files <DIR>', 'folder with the official lists of a split (COVID-CT)'),
      new Option(
        '--patients <RULE>',
        'how file names of plain pictures give patients: whole-name, covid-ct, folder, or a regular expression with one group',
      ),
    ],
    async ({ output, signal }, options, project, paths) => {
      const result = await withProject(project, (session) =>
        session.importImages(
          {
            paths: paths.map((path) => resolve(path)),
            label: options.label ?? null,
            set: options.set ?? null,
            splitFiles: options.splitFiles ? resolve(options.splitFiles) : null,
            patientRule: patientRule(options.patients),
          },
          output.context(signal),
        ),
      );
      const words = [
        `${result.imported} images imported, ${result.duplicates} duplicates, ${result.rejected.length} files refused.`,
        `The project has ${result.images} images of ${result.patients} patients.`,
        ...result.rejected.slice(0, 20).map((one) => `  refused: ${one.path} (${one.reason})`),
        ...(result.rejected.length > 20 ? [`  … and ${result.rejected.length - 20} more (--json lists all)`] : []),
      ];
      output.result(result, words.join('\n'));
      return result.imported + result.duplicates === 0 ? exitCodes.inputRefused : exitCodes.done;
    },
  );

  commands.add<[string], { seed: number; patients: number; slices: number }>(
    'sample <DIR>',
    'write the synthetic sample study',
    [
      numberOption('--seed <N>', 'seed of the anatomy', { least: 0 }).default(1),
      numberOption('--patients <N>', 'patients, half of them positive', { least: 2, most: 200 }).default(40),
      numberOption('--slices <N>', 'slices of each patient', { least: 2, most: 64 }).default(16),
    ],
    async ({ output, signal }, options, directory) => {
      const { seed, patients, slices } = options;
      const { writeSampleStudy } = await import('../../assets/sample/index.ts');
      const result = await writeSampleStudy(resolve(directory), {
        seed,
        patients,
        slices,
        context: output.context(signal),
      });
      output.result(
        result,
        `Wrote ${result.files} synthetic slices of ${result.patients.positive + result.patients.negative} patients to ${resolve(directory)}`,
      );
    },
  );
}

function className(text: string): string {
  const parsed = importRequestSchema.shape.label.safeParse(text);
  if (parsed.success && parsed.data !== null) return parsed.data;
  throw new InvalidArgumentError('The name of a class has 1 to 64 characters.');
}

function patientRule(given: string | undefined) {
  if (given === undefined) return null;
  if (given === 'whole-name' || given === 'covid-ct' || given === 'folder') return { kind: given } as const;
  return { kind: 'regex', pattern: given } as const;
}
