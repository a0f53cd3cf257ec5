import { Option } from 'commander';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { Aggregation, ChoosableRule } from '../../src-shared/contract/metrics.ts';
import { setNames, type SetName } from '../../src-shared/contract/vocabulary.ts';
import type { ProjectSession } from '../app/session.ts';
import { createMetricsThread, type CsvMetricsOptions, type CsvRefusal } from '../evaluation/index.ts';
import type { CommandAdder } from './command.ts';
import { describeComparison, describeMetrics, describeMulticlass } from './describeMetrics.ts';
import { backendOption, aggregationOption, numberOption, ruleOption, runOption, withProject } from './options.ts';
import { exitCodes, type Output } from './output.ts';

interface EvaluateOptions {
  run: string;
  set: 'validation' | 'test';
  rule?: ChoosableRule;
  interval: 'wilson' | 'exact';
  aggregation: Aggregation;
  openedBy?: string;
}

interface MetricsOptions {
  positive?: string;
  classes?: boolean;
  interval: 'wilson' | 'exact';
  cluster: NonNullable<CsvMetricsOptions['cluster']>;
  rule: ChoosableRule;
  aggregation: Aggregation;
  set?: SetName;
  against?: string[];
  seed?: number;
  replicates?: number;
}

const intervalOption = () =>
  new Option('--interval <METHOD>', 'interval of proportions: Wilson score or exact (Clopper–Pearson)')
    .choices(['wilson', 'exact'])
    .default('wilson');

/** evaluate, metrics. */
export function addFigureCommands(commands: CommandAdder): void {
  commands.add<[string], EvaluateOptions>(
    'evaluate <PROJECT>',
    'metrics of a run on the validation set, or on the locked test set, whose opening is recorded',
    [
      runOption(),
      backendOption(),
      new Option('--set <SET>', 'set to evaluate on').choices(['validation', 'test']).makeOptionMandatory(),
      ruleOption(),
      intervalOption(),
      aggregationOption(),
      new Option(
        '--opened-by <NAME>',
        'who opens the test set; without it a terminal asks, and a script is recorded under the name of its account',
      ),
    ],
    async ({ output, signal }, options, project) => {
      const metrics = await withProject(project, async (session) =>
        session.evaluate(
          {
            run: options.run,
            set: options.set,
            rule: options.rule ?? null,
            interval: options.interval,
            aggregation: options.aggregation,
            openedBy: options.set === 'test' ? await openerName(options.openedBy, session, output) : '',
          },
          output.context(signal),
        ),
      );
      output.result(metrics, describeMetrics(metrics));
    },
  );

  commands.add<[string], MetricsOptions>(
    'metrics <FILE>',
    'the metrics document of any table with columns label,probability[,patient][,set], or label,probability_A,probability_B,… for several classes',
    [
      new Option('--positive <CLASS>', 'class that is positive where labels are names'),
      new Option(
        '--classes',
        'judge all classes by their columns probability_CLASS, also where there is a column probability',
      ),
      intervalOption(),
      new Option('--cluster <UNIT>', 'bootstrap over patients: auto where a patient has several images')
        .choices(['auto', 'patient', 'none'])
        .default('auto'),
      ruleOption('fixed'),
      aggregationOption(),
      new Option('--set <SET>', 'rows to judge where the table has sets').choices(setNames),
      new Option(
        '--against <FILE>',
        'another table of the same images: a paired comparison; may be given again',
      ).argParser((file: string, before: string[] | undefined) => [...(before ?? []), file]),
      numberOption('--replicates <N>', 'bootstrap replicates', { least: 2000, most: 100_000 }),
      numberOption('--seed <N>', 'seed of the bootstrap', { least: 0, most: 4_294_967_295 }),
    ],
    async ({ output, signal }, options, file) => {
      const wish = { ...options, against: (options.against ?? []).map((one) => resolve(one)) };
      const context = output.context(signal);
      const result = await createMetricsThread().run({ kind: 'csv', path: resolve(file), options: wish }, context);
      if (result.kind === 'refused') return refuseTable(result, output);
      const words =
        result.kind === 'metrics'
          ? describeMetrics(result.document)
          : result.kind === 'comparison'
            ? describeComparison(result.document)
            : describeMulticlass(result.document);
      output.result(result.document, words);
      return exitCodes.done;
    },
  );
}

/** The name under which the opening is recorded. Says before how often the set was opened. */
async function openerName(given: string | undefined, session: ProjectSession, output: Output): Promise<string> {
  if (given !== undefined) return given;
  if (output.json || !process.stdin.isTTY || !process.stderr.isTTY) return session.user;
  const before = session.evaluations.openings().length;
  const times =
    before === 0
      ? 'It has not been opened so far.'
      : `It was opened ${before === 1 ? 'once' : `${before} times`} before.`;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    process.stderr.write(
      `The test set is looked at once, when all choices are made; the opening is written down. ${times}\n`,
    );
    const name = await terminal.question(`Who opens it? [${session.user}] `);
    return name.trim() === '' ? session.user : name;
  } finally {
    terminal.close();
  }
}

function refuseTable(refusal: CsvRefusal, output: Output): number {
  const count = refusal.total === 1 ? 'a problem' : `${refusal.total} problems`;
  const message = `The table ${refusal.file} has ${count}: ${refusal.problems[0]?.message ?? ''}`;
  output.line({
    event: 'failed',
    error: { code: 'INVALID_INPUT', message, file: refusal.file, total: refusal.total, problems: refusal.problems },
  });
  // Problems of a row name their line themselves.
  const lines = refusal.problems.map(({ line, message: words }) =>
    line > 0 && !words.startsWith('Line ') ? `Line ${line}: ${words}` : words,
  );
  const more = refusal.total - refusal.problems.length;
  if (more > 0) lines.push(`… and ${more} more`);
  process.stderr.write(`parenchyma: the table ${refusal.file} was refused.\n  ${lines.join('\n  ')}\n`);
  return exitCodes.inputRefused;
}
