import { InvalidArgumentError, Option } from 'commander';
import { resolve } from 'node:path';
import {
  comparisonStudyRequestSchema,
  type ComparisonStudy,
  type ComparisonStudyRequest,
} from '../../src-shared/contract/comparisonStudy.ts';
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import { reportFormatSchema } from '../../src-shared/contract/report.ts';
import type { SearchMethod } from '../../src-shared/contract/search.ts';
import type { EpochRecord } from '../../src-shared/contract/training.ts';
import type { Architecture } from '../../src-shared/contract/vocabulary.ts';
import { architectureName } from '../../src-shared/domain/architectures.ts';
import { formatNumber, formatPValue } from '../../src-shared/domain/format.ts';
import type { CommandAdder } from './command.ts';
import { numberOption, withProject } from './options.ts';
import { exitCodes, type Output } from './output.ts';
import { architectureList, baseOptions, readSpace, trialReporter } from './searchCommands.ts';
import { configurationFrom, type TrainOptions } from './trainOptions.ts';

type StudyOptions = Omit<TrainOptions, 'arch' | 'weights'> & {
  arch: Architecture[];
  weights: Partial<Record<Architecture, string>>;
  space: string;
  method: SearchMethod;
  trials: number;
  seeds: number;
  workers: number;
  out?: string;
  openedBy?: string;
  resume?: string;
};

/** study. */
export function addStudyCommand(commands: CommandAdder): void {
  commands.add<[string], StudyOptions>(
    'study <PROJECT>',
    'compares architectures: a search each, several seeds of what was chosen, selection on validation, the test set opened once, paired comparison, report',
    [...studyOptions(), ...baseOptions().filter((option) => option.long !== '--weights')],
    async ({ output, signal }, options, project) => {
      const document = await withProject(project, async (session) => {
        const id =
          options.resume ?? session.createComparisonStudy(await requestFrom(options, options.openedBy ?? session.user));
        output.line({ event: 'started', study: id, request: session.comparisonStudy(id).request });
        const listener = {
          onTrial: trialReporter(output),
          onEpoch: (run: string, record: EpochRecord) => output.line({ event: 'epoch', run, ...record }),
          onRuns: () => undefined,
          onChange: stepReporter(output, () => session.comparisonStudy(id)),
        };
        const study = await session
          .conductComparisonStudy(id, listener, output.context(signal))
          .catch((error: unknown) => {
            throw signal.aborted ? interrupted(id, project) : error;
          });
        const selected = study.arms.map((arm) => arm.selected!);
        const context = output.context(signal);
        return { study, comparison: await session.compare({ runs: selected, set: 'test' }, context) };
      });
      const { study, comparison } = document;
      const arms = study.arms.map(({ architecture, search, trial, trials, runs, accuracy, auc, selected }) => ({
        architecture,
        search,
        trial,
        trials,
        runs,
        accuracy,
        auc,
        selected,
      }));
      const pairs = comparison.pairs;
      output.result(
        { event: 'finished', study: study.id, arms, comparison: { set: comparison.set, pairs }, report: study.report },
        [
          ...study.arms.map(
            ({ architecture, selected, accuracy }) =>
              `${architectureName(architecture)}: ${selected} selected; validation accuracy over seeds ${formatNumber(accuracy?.mean, 3)} (${formatNumber(accuracy?.low, 3)}–${formatNumber(accuracy?.high, 3)})`,
          ),
          ...pairs.map(
            ({ auc }) => `On test: AUC difference ${formatNumber(auc.difference, 3)}, p ${formatPValue(auc.pValue)}`,
          ),
          ...(study.report?.files ?? []).map((file) => `${file.sha256}  ${file.path}`),
        ].join('\n'),
      );
      return exitCodes.done;
    },
  );
}

function interrupted(study: string, project: string): ExpectedError {
  return new ExpectedError({
    code: 'CANCELLED',
    message: `${study} was interrupted.`,
    kept: 'Its trials and runs are kept.',
    remedy: `Go on with it: parenchyma study ${project} --resume ${study}`,
  });
}

function studyOptions(): Option[] {
  return [
    new Option('--arch <NAMES>', 'networks to compare, with commas between')
      .default(['vgg16', 'vgg19_bn'] satisfies Architecture[], 'vgg16,vgg19_bn')
      .argParser(architectureList),
    new Option('--weights <LIST>', 'weights of each network, like vgg16=FILE,vgg19_bn=FILE, or none')
      .default({}, 'none')
      .argParser(weightsOf),
    new Option('--space <FILE>', 'JSON file that declares the ranges, or defaults').default('defaults'),
    new Option('--method <NAME>', 'how each search goes').choices(['grid', 'random', 'halving']).default('halving'),
    numberOption('--trials <N>', 'trials for each network', { least: 1, most: 1000 }).default(12),
    numberOption('--seeds <N>', 'trainings of each chosen configuration', { least: 1, most: 20 }).default(3),
    numberOption('--workers <N>', 'trials under way at the same time', { least: 1, most: 16 }).default(1),
    new Option('--out <DIR>', 'folder for the report'),
    new Option('--opened-by <NAME>', 'who opens the test set at the end; the name of this account where none is given'),
    new Option('--resume <STUDY>', 'go on with a study that was paused or interrupted'),
  ];
}

async function requestFrom(options: StudyOptions, openedBy: string): Promise<ComparisonStudyRequest> {
  const { arch, weights, seed, seeds, trials, workers, method } = options;
  if (arch.length < 2) {
    throw new ExpectedError({
      code: 'INVALID_INPUT',
      message: 'A study compares two networks at least.',
      kept: 'No study was started.',
      remedy: 'Give several with --arch, or train one with parenchyma train.',
    });
  }
  const pretrained = arch.every((name) => weights[name] !== undefined);
  if (!pretrained && arch.some((name) => weights[name] !== undefined)) {
    throw new ExpectedError({
      code: 'INVALID_INPUT',
      message: 'Weights are given for some of the networks only, which would make the comparison unfair.',
      kept: 'No study was started.',
      remedy: 'Give a file for each, or none.',
    });
  }
  // The base says only whether there are weights; each network has its own.
  const base = configurationFrom({ ...options, arch: arch[0]!, weights: pretrained ? weights[arch[0]!]! : 'none' });
  return comparisonStudyRequestSchema.parse({
    base,
    architectures: arch.map((architecture) => ({
      architecture,
      weights: pretrained ? resolve(weights[architecture]!) : null,
    })),
    space: await readSpace(options.space, base),
    method,
    trials,
    workers,
    seed,
    seeds,
    openedBy,
    directory: options.out === undefined ? null : resolve(options.out),
    formats: reportFormatSchema.options.filter((format) => format !== 'dicom-sr'),
  });
}

function weightsOf(text: string): StudyOptions['weights'] {
  if (text === 'none') return {};
  return Object.fromEntries(
    text.split(',').map((part) => {
      const place = part.indexOf('=');
      if (place < 1) throw new InvalidArgumentError('NETWORK=FILE with commas between, or none.');
      const [name] = architectureList(part.slice(0, place));
      return [name, part.slice(place + 1)];
    }),
  );
}

/** A line whenever a step begins or ends. */
function stepReporter(output: Output, study: () => ComparisonStudy): () => void {
  const said = new Map<string, string>();
  return () => {
    const { id, steps } = study();
    for (const { id: step, title, state, detail } of steps) {
      if (state === 'waiting' || said.get(step) === state) continue;
      said.set(step, state);
      output.line({ event: 'step', study: id, step, state, detail });
      output.say(`${title}: ${state === 'done' ? 'done' : 'begins'}${detail === '' ? '' : ` (${detail})`}`);
    }
  };
}
