import { InvalidArgumentError, Option } from 'commander';
import { resolve } from 'node:path';
import { reportFormatSchema, type ReportFormat } from '../../src-shared/contract/report.ts';
import type { RunDetail } from '../../src-shared/contract/runs.ts';
import type { CommandAdder } from './command.ts';
import { numberOption, runOption, withProject } from './options.ts';
import { exitCodes, type Output } from './output.ts';
import { extendTraining, resumeTraining, trainWithRetries } from './train.ts';
import { configurationFrom, trainOptions, type TrainOptions } from './trainOptions.ts';
import {
  isGroup,
  repeatOptions,
  repeatsFrom,
  resumeGroup,
  sayGroupEnd,
  trainGroup,
  type RepeatOptions,
} from './trainRepeats.ts';

/** Structured reports, one per study, are written when they are asked for. */
const usualFormats: readonly ReportFormat[] = ['pdf', 'html', 'csv', 'json'];

/** train, extend, report. */
export function addModelCommands(commands: CommandAdder): void {
  commands.add<[string], TrainOptions & RepeatOptions>(
    'train <PROJECT>',
    'fine-tune a network; the epoch of best validation accuracy is kept; or repeat it over seeds or folds',
    [...trainOptions(), ...repeatOptions()],
    async ({ output, signal }, options, project) => {
      const repeats = repeatsFrom(options);
      return withProject(project, async (session) => {
        const { resume } = options;
        if (resume !== undefined && isGroup(resume)) {
          return sayGroupEnd(output, await resumeGroup(session, resume, output, signal), project);
        }
        if (resume !== undefined) {
          return sayEnd(output, await resumeTraining(session, resume, output, signal), project);
        }
        const wanted =
          options.like === undefined ? configurationFrom(options) : session.run(options.like).configuration;
        const retry = options.retrySmallerBatch === true;
        if (repeats === null) {
          return sayEnd(output, await trainWithRetries(session, wanted, retry, output, signal), project);
        }
        return sayGroupEnd(output, await trainGroup(session, { wanted, retry, repeats }, output, signal), project);
      });
    },
  );

  commands.add<[string], { run: string; epochs: number }>(
    'extend <PROJECT>',
    'train an ended run for more epochs',
    [runOption(), numberOption('--epochs <N>', 'how many more', { least: 1, most: 10_000 }).makeOptionMandatory()],
    async ({ output, signal }, options, project) => {
      const run = await withProject(project, (session) => extendTraining(session, options, output, signal));
      return sayEnd(output, run, project);
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
        .default(usualFormats, usualFormats.join(','))
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

function formatList(text: string): ReportFormat[] {
  return text.split(',').map((part) => {
    const format = reportFormatSchema.safeParse(part.trim());
    if (!format.success)
      throw new InvalidArgumentError(`“${part}” is none of ${reportFormatSchema.options.join(', ')}.`);
    return format.data;
  });
}

const percent = (value: number | null) => (value === null ? '–' : `${(100 * value).toFixed(1)} %`);

/** How a training ended, and how it can go on. */
function sayEnd(output: Output, run: RunDetail, project: string): number {
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
  if (run.state !== 'finished' && run.checkpoints > 0) {
    output.say(`Go on with it: parenchyma train ${project} --resume ${run.id}`);
  }
  return run.state === 'finished' ? exitCodes.done : exitCodes.failed;
}
