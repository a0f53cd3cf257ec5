import { InvalidArgumentError, Option } from 'commander';
import { resolve } from 'node:path';
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import { reportFormatSchema, type ReportFormat } from '../../src-shared/contract/report.ts';
import {
  defaultAugmentation,
  defaultLearningRate,
  defaultRunConfiguration,
  noAugmentation,
  runConfigurationSchema,
  type RunConfiguration,
} from '../../src-shared/contract/training.ts';
import type { Architecture, Head } from '../../src-shared/contract/vocabulary.ts';
import type { CommandAdder } from './commandLine.ts';
import { backendOption, numberOption, withProject } from './options.ts';
import { exitCodes } from './output.ts';
import { trainWithRetries } from './train.ts';

interface TrainOptions {
  like?: string;
  arch: Architecture;
  weights: string;
  head: Head;
  freeze: 'backbone' | 'none' | number;
  epochs: number;
  batch: number;
  lr?: number;
  imageSize: number;
  seed: number;
  optimiser: RunConfiguration['optimiser'];
  weightDecay: number;
  momentum: number;
  classWeights: RunConfiguration['classWeights'];
  precision: RunConfiguration['precision'];
  augmentation: 'default' | 'none';
  window: RunConfiguration['preprocessing']['window'];
  retrySmallerBatch?: boolean;
}

/** train, predict, report. */
export function addModelCommands(commands: CommandAdder): void {
  commands.add<[string], TrainOptions>(
    'train <PROJECT>',
    'fine-tune a network; the epoch of best validation accuracy is kept',
    trainOptions(),
    async ({ output, signal }, options, project) => {
      const run = await withProject(project, (session) => {
        const wanted =
          options.like === undefined ? configurationFrom(options) : session.run(options.like).configuration;
        return trainWithRetries(session, wanted, options.retrySmallerBatch === true, output, signal);
      });
      const finished = {
        run: run.id,
        outcome: run.state,
        best: run.best,
        backend: run.backend,
        peakMemoryBytes: run.peakMemoryBytes,
      };
      output.result(
        { event: 'finished', ...finished },
        run.best
          ? `${run.id} ${run.state}: epoch ${run.best.epoch} kept, validation accuracy ${percent(run.best.validation.accuracy)}`
          : `${run.id} ${run.state}: no epoch was completed`,
      );
      return run.state === 'finished' ? exitCodes.done : exitCodes.failed;
    },
  );

  commands.add<[string], { run: string[]; out: string; formats: ReportFormat[]; author: string }>(
    'report <PROJECT>',
    'write the evaluation report',
    [
      new Option('--run <ID...>', 'run or runs').makeOptionMandatory(),
      new Option('--out <DIR>', 'folder to write into').makeOptionMandatory(),
      new Option(
        '--formats <LIST>',
        'pdf, html, csv, json, dicom-sr (for images from DICOM, one file per run and study)',
      )
        .default(reportFormatSchema.options, reportFormatSchema.options.join(','))
        .argParser(formatList),
      new Option('--author <NAME>', 'who answers for the report').default(''),
    ],
    async ({ output, signal }, options, project) => {
      const entry = await withProject(project, (session) =>
        session.writeReport(
          { runs: options.run, formats: options.formats, directory: resolve(options.out), author: options.author },
          output.context(signal),
        ),
      );
      output.result({ files: entry.files }, entry.files.map((file) => `${file.sha256}  ${file.path}`).join('\n'));
    },
  );
}

function trainOptions(): Option[] {
  const defaults = defaultRunConfiguration;
  return [
    backendOption(),
    new Option('--arch <NAME>', 'network').choices(['vgg16', 'vgg19_bn']).makeOptionMandatory(),
    // Implied, so that --arch need not be given; the configuration of the run is taken as a whole.
    new Option('--like <RUN>', 'every choice as in this run of the project; other choices are then not heeded').implies(
      {
        arch: defaults.architecture,
      },
    ),
    new Option('--weights <FILE>', 'weights to start from, or none').default('none'),
    new Option('--head <KIND>', 'what stands on the backbone').choices(['full', 'compact']).default(defaults.head),
    new Option('--freeze <PART>', 'backbone, the first N convolutions, or none')
      .default(defaults.freeze)
      .argParser(freezePart),
    numberOption('--epochs <N>', 'epochs', { least: 1, most: 10_000 }).default(defaults.epochs),
    numberOption('--batch <N>', 'images per step', { least: 1, most: 512 }).default(defaults.batchSize),
    new Option('--retry-smaller-batch', 'when memory runs out, start again with half the batch'),
    numberOption('--lr <RATE>', 'learning rate', { least: 1e-9, most: 10, whole: false }),
    numberOption('--image-size <N>', 'edge of the network input in pixels', { least: 32, most: 512 }).default(
      defaults.preprocessing.imageSize,
    ),
    numberOption('--seed <N>', 'seed of everything random', { least: 0, most: 4_294_967_295 }).default(defaults.seed),
    new Option('--optimiser <NAME>', 'optimiser').choices(['adam', 'sgd']).default(defaults.optimiser),
    numberOption('--weight-decay <N>', 'L2 penalty', { least: 0, most: 1, whole: false }).default(defaults.weightDecay),
    numberOption('--momentum <N>', 'momentum of SGD', { least: 0, most: 0.999, whole: false }).default(
      defaults.momentum,
    ),
    new Option('--precision <KIND>', 'how training multiplies: float32, or mixed (bfloat16 factors, float32 sums)')
      .choices(['float32', 'mixed'])
      .default(defaults.precision),
    new Option('--class-weights <RULE>', 'weight of the classes in the loss')
      .choices(['balanced', 'none'])
      .default(defaults.classWeights),
    new Option('--augmentation <KIND>', 'random changes to training images')
      .choices(['default', 'none'])
      .default('default'),
    new Option('--window <WW/WL>', 'window for images in HU, or file for their own')
      .default(defaults.preprocessing.window, '1500/-600')
      .argParser(windowOf),
  ];
}

function configurationFrom(options: TrainOptions): RunConfiguration {
  const weights = options.weights === 'none' ? null : resolve(options.weights);
  const parsed = runConfigurationSchema.safeParse({
    architecture: options.arch,
    head: options.head,
    freeze: options.freeze,
    weights,
    preprocessing: { imageSize: options.imageSize, window: options.window },
    augmentation: options.augmentation === 'none' ? noAugmentation : defaultAugmentation,
    optimiser: options.optimiser,
    learningRate: options.lr ?? defaultLearningRate(options.optimiser, weights !== null),
    weightDecay: options.weightDecay,
    momentum: options.momentum,
    epochs: options.epochs,
    batchSize: options.batch,
    classWeights: options.classWeights,
    precision: options.precision,
    seed: options.seed,
  });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ExpectedError({
    code: 'INVALID_INPUT',
    message: `${issue?.path.join('.')}: ${issue?.message}`,
    remedy: 'See parenchyma train --help.',
  });
}

function freezePart(text: string): 'backbone' | 'none' | number {
  if (text === 'backbone' || text === 'none') return text;
  const convolutions = Number(text);
  if (!Number.isInteger(convolutions) || convolutions < 1)
    throw new InvalidArgumentError('backbone, none, or a number of convolutions.');
  return convolutions;
}

function windowOf(text: string): RunConfiguration['preprocessing']['window'] {
  if (text === 'file') return null;
  const match = /^(\d+(?:\.\d+)?)\/(-?\d+(?:\.\d+)?)$/.exec(text);
  if (!match || Number(match[1]) <= 0) throw new InvalidArgumentError('Width and level, like 1500/-600, or file.');
  return { width: Number(match[1]), level: Number(match[2]) };
}

function formatList(text: string): ReportFormat[] {
  return text.split(',').map((part) => {
    const format = reportFormatSchema.safeParse(part.trim());
    if (!format.success)
      throw new InvalidArgumentError(`“${part}” is none of ${reportFormatSchema.options.join(', ')}.`);
    return format.data;
  });
}

const percent = (value: number | null) => (value === null ? '–' : `${(100 * value).toFixed(1)} %`);
