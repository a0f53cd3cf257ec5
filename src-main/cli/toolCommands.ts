import { Option } from 'commander';
import { resolve } from 'node:path';
import type { MetricsDocument, OperatingPointRule } from '../../src-shared/contract/metrics.ts';
import type { Diagnosis } from '../../src-shared/contract/runs.ts';
import { setNames, type SetName } from '../../src-shared/contract/vocabulary.ts';
import { metricsFromCsv, type CsvMetricsOptions } from '../evaluation/index.ts';
import { createDecoder } from '../library/index.ts';
import { serve } from '../serve/serve.ts';
import type { CommandAdder } from './commandLine.ts';
import { describeMetrics } from './describeMetrics.ts';
import { numberOption, resolveProject, ruleOption, withApplication } from './options.ts';
import { exitCodes, type Output } from './output.ts';

interface MetricsOptions {
  positive?: string;
  interval: 'wilson' | 'exact';
  cluster: NonNullable<CsvMetricsOptions['cluster']>;
  rule: OperatingPointRule;
  set?: SetName;
  against?: string;
  seed?: number;
  replicates?: number;
}

/** doctor, metrics, inspect, serve. */
export function addToolCommands(commands: CommandAdder): void {
  commands.add<[], object>('doctor', 'what computes here and why, and what is missing', [], async ({ output }) => {
    const diagnosis = await withApplication((application) => application.diagnose());
    output.result(diagnosis, describeDiagnosis(diagnosis));
    return diagnosis.backend === 'none' ? exitCodes.failed : exitCodes.done;
  });

  commands.add<[string], MetricsOptions>(
    'metrics <FILE>',
    'the metrics document of any table with columns label,probability[,patient][,set]',
    [
      new Option('--positive <CLASS>', 'class that is positive where labels are names'),
      new Option('--interval <METHOD>', 'interval of proportions').choices(['wilson', 'exact']).default('wilson'),
      new Option('--cluster <UNIT>', 'bootstrap over patients: auto where a patient has several images')
        .choices(['auto', 'patient', 'none'])
        .default('auto'),
      ruleOption('fixed'),
      new Option('--set <SET>', 'rows to judge where the table has sets').choices(setNames),
      new Option('--against <FILE>', 'second table of the same images: a paired comparison'),
      numberOption('--replicates <N>', 'bootstrap replicates', { least: 2000, most: 100_000 }),
      numberOption('--seed <N>', 'seed of the bootstrap', { least: 0, most: 4_294_967_295 }),
    ],
    async ({ output }, options, file) => {
      const result = await metricsFromCsv(resolve(file), options);
      if (result.kind === 'refused') {
        output.line({
          event: 'failed',
          error: {
            code: 'INVALID_INPUT',
            message: `${result.total} problems in the table.`,
            problems: result.problems,
          },
        });
        const lines = result.problems.map((problem) =>
          problem.line > 0 ? `line ${problem.line}: ${problem.message}` : problem.message,
        );
        process.stderr.write(`parenchyma: the table was refused.\n  ${lines.join('\n  ')}\n`);
        return exitCodes.inputRefused;
      }
      const words =
        result.kind === 'metrics' ? describeMetrics(result.document) : JSON.stringify(result.document, null, 2);
      output.result(result.document satisfies MetricsDocument | object, words);
    },
  );

  commands.add<[string[]], object>(
    'inspect <FILE...>',
    'what files are: format, size, bits, hash of the stored values, or why they are refused',
    [],
    async ({ output, signal }, _options, files) => {
      const decoder = createDecoder();
      try {
        return await inspectFiles(decoder, files, output, signal);
      } finally {
        await decoder.close();
      }
    },
  );

  commands.add<[], { project?: string; port: number; open?: boolean }>(
    'serve',
    'the interface on 127.0.0.1, for a browser here or at the end of an SSH tunnel',
    [
      new Option('--project <PROJECT>', 'project to open'),
      numberOption('--port <N>', 'port; 0 takes a free one', { least: 0, most: 65_535 }).default(0),
      new Option('--open', 'open the browser'),
    ],
    async ({ output, signal }, options) => {
      const server = await serve({
        port: options.port,
        project: options.project ? resolveProject(options.project) : null,
        open: options.open === true,
      });
      output.line({ event: 'listening', address: server.address });
      output.say(`Parenchyma is open at ${server.address}\nOnly this machine can reach it. Ctrl-C ends it.`);
      await new Promise<void>((ended) => signal.addEventListener('abort', () => ended(), { once: true }));
      await server.close();
      output.line({ event: 'finished' });
    },
  );
}

/** One line per file as it is known; exit code 3 when any was refused. */
async function inspectFiles(
  decoder: ReturnType<typeof createDecoder>,
  files: readonly string[],
  output: Output,
  signal: AbortSignal,
): Promise<number> {
  let refused = false;
  for (const path of files) {
    signal.throwIfAborted();
    const outcome = await decoder.inspect(path);
    if (outcome.kind === 'rejected') {
      refused = true;
      output.result(
        { path, rejected: { code: outcome.code, reason: outcome.reason } },
        `${path}: refused, ${outcome.reason}`,
      );
      continue;
    }
    const { kind: _kind, framePixelSha256: _frames, places: _places, dicom: _dicom, ...facts } = outcome;
    output.result(
      { path, ...facts },
      `${path}: ${facts.format} ${facts.columns}×${facts.rows}, ${facts.frames} ${facts.frames === 1 ? 'frame' : 'frames'}, ${facts.bitsStored} bits, ${facts.min} … ${facts.max}, ${facts.pixelSha256}`,
    );
  }
  return refused ? exitCodes.inputRefused : exitCodes.done;
}

function describeDiagnosis(diagnosis: Diagnosis): string {
  const gigabytes = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GB`;
  return [
    `Backend   ${diagnosis.backend}${diagnosis.libraryVersion ? ` (${diagnosis.libraryVersion})` : ''}`,
    `Device    ${diagnosis.device ?? 'none'}`,
    `Memory    ${gigabytes(diagnosis.memory.totalBytes)}, ${gigabytes(diagnosis.memory.freeBytes)} free`,
    `Versions  ${Object.entries(diagnosis.versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}`,
    ...diagnosis.refusals.map((refusal) => `Refused   ${refusal.backend}: ${refusal.reason}`),
  ].join('\n');
}
