import { Option } from 'commander';
import { resolve } from 'node:path';
import type { AuditDocument } from '../../src-shared/contract/audit.ts';
import { formatInterval, formatQuantity } from '../../src-shared/domain/format.ts';
import { reviewsCsv, studyCsv } from '../report/index.ts';
import type { CommandAdder } from './command.ts';
import { backendOption, numberOption, runOption, withProject } from './options.ts';
import { exitCodes } from './output.ts';
import { checkTableFile, writeTableFile } from './tableFile.ts';

const setOption = () =>
  new Option('--set <SET>', 'set whose predictions are meant').choices(['validation', 'test']).default('validation');

/** audit, reviews. */
export function addReviewCommands(commands: CommandAdder): void {
  commands.add<[string], { run: string; set: 'validation' | 'test'; images: number; seed: number }>(
    'audit <PROJECT>',
    'does a run look at the patient: heat maps against body and lung, figures by file type, size, scanner and text, and what these alone can tell',
    [
      runOption(),
      backendOption(),
      setOption(),
      numberOption('--images <N>', 'most images whose heat map is measured', { least: 0, most: 100_000 }).default(200),
      numberOption('--seed <N>', 'seed of what is drawn at random', { least: 0, most: 4_294_967_295 }).default(1),
    ],
    async ({ output, signal }, options, project) => {
      const audit = await withProject(project, (session) => session.audit(options, output.context(signal)));
      output.result(audit, describeAudit(audit));
    },
  );

  commands.add<[string], { run: string; set: 'validation' | 'test'; csv?: string }>(
    'reviews <PROJECT>',
    'what readers said to the predictions of a run, and how well they agree with it and with each other',
    [runOption(), setOption(), new Option('--csv <FILE>', 'also write every verdict as a table')],
    async ({ output }, options, project) => {
      if (options.csv) await checkTableFile(options.csv);
      const result = await withProject(project, async (session) => ({
        agreement: session.agreement(options),
        reviews: session.exportReviews(options.run, options.set),
      }));
      if (options.csv) await writeTableFile(options.csv, reviewsCsv(result.reviews));
      const { readers, pairs, disputed, adjudicated } = result.agreement;
      output.result(
        { run: options.run, set: options.set, ...result },
        [
          ...readers.map(
            (one) =>
              `${one.reader}: ${formatQuantity(one.answered, 'answer')}, κ with the model ${formatInterval(one.model)}`,
          ),
          ...pairs.map(
            (pair) => `${pair.first} and ${pair.second}: κ ${formatInterval(pair.kappa)}, n ${pair.kappa.n}`,
          ),
          `Readers differ on ${disputed}, ${adjudicated} decided.`,
        ].join('\n'),
      );
    },
  );
}

/** predict. */
export function addPredictCommand(commands: CommandAdder): void {
  commands.add<[string, string[]], { run: string; csv?: string; withNames?: boolean }>(
    'predict <PROJECT> <PATH...>',
    'probabilities of a run for any images, by image and by patient; nothing of them is stored',
    [
      runOption(),
      backendOption(),
      new Option('--csv <FILE>', 'also write them as a table, without paths and names of patients'),
      new Option('--with-names', 'write the paths of the files into the table too'),
    ],
    async ({ output, signal }, options, project, paths) => {
      if (options.csv) await checkTableFile(options.csv);
      const result = await withProject(project, (session) =>
        session.predictStudies({ run: options.run, paths: paths.map((path) => resolve(path)) }, output.context(signal)),
      );
      if (options.csv) await writeTableFile(options.csv, studyCsv(result, { names: options.withNames === true }));
      const rows = result.predictions.map(
        (one) => `${one.probability.toFixed(4)}  ${one.decision}  ${one.path}${one.warnings.length > 0 ? '  !' : ''}`,
      );
      const patients = result.patients.map(
        (one) =>
          `${one.patient}: ${one.probability.toFixed(4)}  ${one.decision} (${result.aggregation} of ${formatQuantity(one.images, 'image')})`,
      );
      const refused = result.rejected.map((one) => `refused: ${one.path} (${one.reason})`);
      const careful = [...new Set([...result.warnings, ...result.predictions.flatMap((one) => one.warnings)])];
      const head = `Probability of ${result.positiveClass}, threshold ${result.threshold.toFixed(4)}. ${result.notice}`;
      output.result(result, [head, ...rows, ...patients, ...careful.map((one) => `! ${one}`), ...refused].join('\n'));
      return result.predictions.length === 0 ? exitCodes.inputRefused : exitCodes.done;
    },
  );
}

const signs = { careful: '!', good: '+', info: '·' } as const;

function describeAudit(audit: AuditDocument): string {
  const head = `${audit.run} on ${audit.set}: ${formatQuantity(audit.images, 'image')} of ${formatQuantity(audit.patients, 'patient')}`;
  return [head, ...audit.findings.map((finding) => `${signs[finding.severity]} ${finding.message}`)].join('\n');
}
