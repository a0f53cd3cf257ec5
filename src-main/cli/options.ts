import { InvalidArgumentError, Option } from 'commander';
import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { aggregationSchema, type ChoosableRule } from '../../src-shared/contract/metrics.ts';
import { backendNameSchema } from '../../src-shared/contract/vocabulary.ts';
import type { Application } from '../app/application.ts';
import type { ProjectSession } from '../app/session.ts';
import { composeApplication } from '../app/compose.ts';
import { forkCompute } from '../engine/index.ts';

const extension = '.parenchyma';

/** `NAME`, `path/NAME` and `path/NAME.parenchyma` all mean the folder `NAME.parenchyma`. */
export function resolveProject(given: string): string {
  const path = resolve(given);
  return path.endsWith(extension) || existsSync(join(path, 'project.sqlite')) ? path : `${path}${extension}`;
}

/** Folder and name from which `create` makes `resolveProject(given)`. */
export function splitProjectPath(given: string): { directory: string; name: string } {
  if (given.trim() === '') return { directory: resolve(), name: '' };
  const path = resolve(given);
  return { directory: dirname(path), name: basename(path, extension) };
}

/** Runs `work` on an application and closes it whatever happens. */
export async function withApplication<T>(work: (application: Application) => Promise<T>): Promise<T> {
  const { application } = await composeApplication({ forkCompute });
  try {
    return await work(application);
  } finally {
    await application.close();
  }
}

export function withProject<T>(given: string, work: (session: ProjectSession) => Promise<T>): Promise<T> {
  return withApplication(async (application) => work(await application.open(resolveProject(given))));
}

/** Of every command that computes; `commandLine.ts` passes it on as the environment variable that means the same. */
export const backendOption = () =>
  new Option('--backend <NAME>', 'compute with this backend only, or automatic').choices([
    'automatic',
    ...backendNameSchema.options,
  ]);

/** An option whose value is a number within bounds; anything else is wrong usage. */
export function numberOption(
  flags: string,
  description: string,
  bounds: { least?: number; most?: number; whole?: boolean } = {},
): Option {
  return new Option(flags, description).argParser((text) => {
    const value = Number(text);
    const { least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY, whole = true } = bounds;
    if (text.trim() === '' || !Number.isFinite(value) || (whole && !Number.isInteger(value))) {
      throw new InvalidArgumentError(whole ? 'A whole number is needed.' : 'A number is needed.');
    }
    if (value < least || value > most) throw new InvalidArgumentError(`It must lie between ${least} and ${most}.`);
    return value;
  });
}

/** "70/15/15" → percent of training, validation and test. */
export function ratioOption(): Option {
  return new Option('--ratio <T/V/T>', 'percent of patients in training/validation/test')
    .default([70, 15, 15], '70/15/15')
    .argParser((text) => {
      const parts = text.split('/').map(Number);
      const [training, validation, test] = parts;
      const valid =
        parts.length === 3 &&
        parts.every((part) => part >= 0 && part <= 100) &&
        Math.abs(parts.reduce((a, b) => a + b, 0) - 100) < 1e-6;
      if (!valid) throw new InvalidArgumentError('Three percentages that add up to 100 are needed, like 70/15/15.');
      return [training, validation, test];
    });
}

export const runOption = () => new Option('--run <ID>', 'run, as train printed it').makeOptionMandatory();

/** Rule by which the operating point is chosen. */
export function ruleOption(preset?: ChoosableRule): Option {
  const option = new Option('--rule <RULE>', 'operating point: fixed, youden, or sensitivity>=S').argParser((text) => {
    const floor = /^sensitivity>=(0?\.\d+|0|1(?:\.0+)?)$/.exec(text.replaceAll(' ', ''));
    if (text === 'fixed' || text === 'youden') return text;
    if (floor) return `sensitivity>=${Number(floor[1])}`;
    throw new InvalidArgumentError('fixed, youden, or sensitivity>=0.95 for example.');
  });
  return preset === undefined ? option : option.default(preset);
}

/** How the probabilities of a patient's images become one. */
export function aggregationOption(): Option {
  return new Option('--aggregation <RULE>', 'probability of a patient: mean, max, or top-K-mean of the images')
    .default('mean')
    .argParser((text) => {
      const parsed = aggregationSchema.safeParse(text);
      if (parsed.success) return parsed.data;
      throw new InvalidArgumentError('mean, max, or top-3-mean for example.');
    });
}
