import { Option } from 'commander';
import type { Diagnosis } from '../../src-shared/contract/runs.ts';
import { createDecoder, type InspectOutcome } from '../library/index.ts';
import { serve } from '../serve/serve.ts';
import type { CommandAdder } from './commandLine.ts';
import { backendOption, numberOption, resolveProject, withApplication } from './options.ts';
import { exitCodes, type Output } from './output.ts';

/** doctor, inspect, serve. */
export function addToolCommands(commands: CommandAdder): void {
  commands.add<[], object>(
    'doctor',
    'what computes here and why, and what is missing',
    [backendOption()],
    async ({ output }) => {
      const diagnosis = await withApplication((application) => application.diagnose());
      output.result(diagnosis, describeDiagnosis(diagnosis));
      return diagnosis.backend === 'none' ? exitCodes.failed : exitCodes.done;
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
      backendOption(),
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

/** Files in the decoder at a time. */
const inFlight = 32;

/** One line per file, in the order asked for, as soon as it is known; exit code 3 when any was refused. */
async function inspectFiles(
  decoder: ReturnType<typeof createDecoder>,
  files: readonly string[],
  output: Output,
  signal: AbortSignal,
): Promise<number> {
  let refused = false;
  const reading: Promise<InspectOutcome>[] = [];
  for (const [index, path] of files.entries()) {
    signal.throwIfAborted();
    while (reading.length < Math.min(files.length, index + inFlight)) {
      reading.push(decoder.inspect(files[reading.length]!));
    }
    const outcome = await reading[index]!;
    refused ||= outcome.kind === 'rejected';
    describeFile(path, outcome, output);
  }
  return refused ? exitCodes.inputRefused : exitCodes.done;
}

function describeFile(path: string, outcome: InspectOutcome, output: Output): void {
  if (outcome.kind === 'rejected') {
    const { code, reason } = outcome;
    output.result({ path, rejected: { code, reason } }, `${path}: refused, ${reason}`);
    return;
  }
  const { kind: _, modifiedAt: _time, framePixelSha256: _frames, ...described } = outcome;
  const { places: _places, dicom: _dicom, ...facts } = described;
  const frames = `${facts.frames} ${facts.frames === 1 ? 'frame' : 'frames'}`;
  const words = [
    `${facts.format} ${facts.columns}×${facts.rows}`,
    frames,
    `${facts.bitsStored} bits`,
    `${facts.min} … ${facts.max}`,
    facts.pixelSha256,
  ];
  output.result({ path, ...facts }, `${path}: ${words.join(', ')}`);
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
    ...(diagnosis.preference === null
      ? []
      : [`Chosen by ${diagnosis.preference.from}: only ${diagnosis.preference.backends.join(', ')}`]),
    ...diagnosis.refusals.map((refusal) => `Refused   ${refusal.backend}: ${refusal.reason}`),
  ].join('\n');
}
