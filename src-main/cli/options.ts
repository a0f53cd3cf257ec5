import { InvalidArgumentError, Option } from 'commander';
import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { OperatingPointRule } from '../../src-shared/contract/metrics.ts';
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

/** Rule by which the operating point is chosen. */
export function ruleOption(preset: OperatingPointRule): Option {
  return new Option('--rule <RULE>', 'operating point: fixed, youden, or sensitivity>=S')
    .default(preset)
    .argParser((text) => {
      const floor = /^sensitivity>=(0(?:\.\d+)?|1(?:\.0+)?)$/.exec(text);
      if (text === 'fixed' || text === 'youden') return text;
      if (floor) return `sensitivity>=${Number(floor[1])}`;
      throw new InvalidArgumentError('fixed, youden, or sensitivity>=0.95 for example.');
    });
}
