import { InvalidArgumentError, Option } from 'commander';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import {
  searchRequestSchema,
  searchSpaceSchema,
  type SearchDetail,
  type SearchMethod,
  type SearchRequest,
  type SearchSpace,
  type Trial,
} from '../../src-shared/contract/search.ts';
import type { RunConfiguration } from '../../src-shared/contract/training.ts';
import { architectureSchema, type Architecture } from '../../src-shared/contract/vocabulary.ts';
import { formatNumber } from '../../src-shared/domain/format.ts';
import { defaultSearchSpace } from '../../src-shared/domain/searchSpace.ts';
import { carryOutTrial } from '../app/trialWorkers.ts';
import { forkCompute } from '../engine/index.ts';
import { leftAlone } from '../platform/leftAlone.ts';
import type { CommandAdder } from './command.ts';
import { configurationFrom, trainOptions, type TrainOptions } from './trainOptions.ts';
import { numberOption, withProject } from './options.ts';
import { exitCodes, type Output } from './output.ts';

type SearchOptions = Omit<TrainOptions, 'arch'> & {
  arch: Architecture[];
  space: string;
  method: SearchMethod;
  trials?: number;
  hours?: number;
  workers: number;
  reduction: number;
  firstRung?: number;
  resume?: string;
  promote?: boolean;
};

/** Without any budget given. */
const usualTrials = 24;

/** search, trial. */
export function addSearchCommands(commands: CommandAdder): void {
  commands.add<[string], SearchOptions>(
    'search <PROJECT>',
    'hyperparameter search over declared ranges; trials are compared on validation only',
    [...searchOptions(), ...baseOptions()],
    async ({ output, signal }, options, project) => {
      const request = options.resume === undefined ? await requestFrom(options) : null;
      const { search, run } = await withProject(project, async (session) => {
        const id = request === null ? options.resume! : session.createSearch(request);
        output.line({ event: 'started', search: id, request: request ?? session.search(id).request });
        const listener = { onTrial: trialReporter(output), onChange: () => undefined };
        const ended = await session.conductSearch(id, listener, output.context(signal));
        const promoted = options.promote && ended.best !== null ? await session.promoteBest(id) : null;
        return { search: ended, run: promoted };
      });
      sayResult(output, search, run);
      return search.state === 'finished' && search.best !== null ? exitCodes.done : exitCodes.failed;
    },
  );

  commands.add<[string], object>(
    'trial <DIRECTORY>',
    'carries out one trial of a search, from its folder alone; searches start this by themselves',
    [],
    async ({ output, signal }, _options, directory) => {
      const last = await carryOutTrial(resolve(directory), forkCompute, AbortSignal.any([signal, leftAlone()]));
      output.result(last, last.event);
      return last.event === 'ended' ? exitCodes.done : exitCodes.failed;
    },
  );
}

function searchOptions(): Option[] {
  return [
    new Option('--arch <NAMES>', 'network, or several with commas between, of which the search chooses')
      .default(['vgg19_bn'] satisfies Architecture[], 'vgg19_bn')
      .argParser(architectureList),
    new Option('--space <FILE>', 'JSON file that declares the ranges, or defaults').default('defaults'),
    new Option('--method <NAME>', 'grid, random, or asynchronous successive halving')
      .choices(['grid', 'random', 'halving'])
      .default('halving'),
    numberOption('--trials <N>', `most trials (${usualTrials} where no budget is given)`, { least: 1, most: 10_000 }),
    numberOption('--hours <H>', 'most hours', { least: 0.001, most: 10_000, whole: false }),
    numberOption('--workers <N>', 'trials under way at the same time', { least: 1, most: 16 }).default(1),
    numberOption('--reduction <N>', 'halving: one trial in so many goes on at each rung', {
      least: 2,
      most: 10,
    }).default(3),
    numberOption('--first-rung <EPOCHS>', 'halving: epochs after which trials are compared first', { least: 1 }),
    new Option('--resume <SEARCH>', 'go on with a search that was paused or interrupted'),
    new Option('--promote', 'make a run of the best trial at the end'),
  ];
}

/** Options of a training whose values the search does not vary. */
export function baseOptions(): Option[] {
  const own = new Set(['--arch', '--like', '--resume', '--retry-smaller-batch']);
  return trainOptions().filter((option) => !own.has(option.long ?? ''));
}

async function requestFrom(options: SearchOptions): Promise<SearchRequest> {
  const base = configurationFrom({ ...options, arch: options.arch[0]! });
  const space = await readSpace(options.space, base);
  const several = options.arch.length > 1;
  const { trials = null, hours = null, method } = options;
  return searchRequestSchema.parse({
    base,
    space: several
      ? { ...space, parameters: { ...space.parameters, architecture: { kind: 'choice', values: options.arch } } }
      : space,
    method,
    budget: { trials: trials === null && hours === null && method !== 'grid' ? usualTrials : trials, hours },
    workers: options.workers,
    seed: options.seed,
    halving: { reduction: options.reduction, firstRung: options.firstRung ?? null },
  });
}

/** The space that a file declares. */
export async function readSpace(given: string, base: RunConfiguration): Promise<SearchSpace> {
  if (given === 'defaults') return defaultSearchSpace(base);
  const refuse = (why: string) =>
    new ExpectedError({
      code: 'INVALID_INPUT',
      message: `${given}: ${why.replace(/\.$/, '')}.`,
      kept: 'No search was started.',
      remedy: 'docs/search.md describes such a file.',
    });
  let document: unknown;
  try {
    document = JSON.parse(await readFile(given, 'utf8'));
  } catch (error) {
    throw refuse(error instanceof SyntaxError ? 'it is no JSON' : 'it cannot be read');
  }
  const space = searchSpaceSchema.safeParse(document);
  if (space.success) return space.data;
  const [issue] = space.error.issues;
  throw refuse(`${issue?.path.join('.') || 'the file'}: ${issue?.message ?? 'not understood'}`);
}

export function architectureList(text: string): Architecture[] {
  return [...new Set(text.split(','))].map((name) => {
    const parsed = architectureSchema.safeParse(name.trim());
    if (parsed.success) return parsed.data;
    throw new InvalidArgumentError(`One or several of ${architectureSchema.options.join(', ')}.`);
  });
}

/** A line for each change of a trial's state; epochs are in its file. */
export function trialReporter(output: Output): (search: string, trial: Trial) => void {
  const said = new Map<string, string>();
  return (search, trial) => {
    const { number, state, choice, epochsDone, targetEpoch, attempts, best, failure } = trial;
    const about = `${state} ${attempts}`;
    // A study has a search for each network, and each counts its trials from 1.
    const which = `${search} ${number}`;
    if (said.get(which) === about) return;
    said.set(which, about);
    output.line({ event: 'trial', search, trial: number, state, attempts, choice, epochsDone, targetEpoch, best });
    const figures = best === null ? '' : `, validation accuracy ${formatNumber(best.validation.accuracy, 3)}`;
    const why = failure === null ? '' : `: ${failure.message}`;
    output.say(`Trial ${number} ${state}, epoch ${epochsDone} of ${targetEpoch}${figures}${why}`);
  };
}

function sayResult(output: Output, search: SearchDetail, run: string | null): void {
  const best = search.list.find(({ number }) => number === search.best) ?? null;
  const { id, state, trials, spentSeconds } = search;
  const chosen = best && {
    trial: best.number,
    choice: best.choice,
    configuration: best.configuration,
    epoch: best.best?.epoch,
    validation: best.best?.validation,
  };
  const listed = search.list.map(({ number, state: of, attempts, epochsDone }) => ({
    trial: number,
    state: of,
    attempts,
    epochsDone,
  }));
  const document = { event: 'finished', search: id, state, trials, spentSeconds, best: chosen, run, list: listed };
  const words =
    best === null
      ? `${id} ${state}: no trial finished an epoch`
      : `${id} ${state}, ${trials} trials: the best is trial ${best.number}, validation accuracy ${formatNumber(best.best?.validation.accuracy, 3)} (${describeChoice(best)})${run === null ? '' : `; it is now ${run}`}`;
  output.result(document, words);
}

function describeChoice({ choice }: Trial): string {
  return Object.entries(choice)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}
