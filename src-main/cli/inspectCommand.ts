import { open } from 'node:fs/promises';
import type { WeightsDescription, WeightsOutcome } from '../compute/weights/inspect.ts';
import { createDecoder, sniff, type Decoder, type InspectOutcome } from '../library/index.ts';
import { openForReading } from '../platform/files.ts';
import type { CommandAdder } from './command.ts';
import { exitCodes, type Output } from './output.ts';

/** inspect: images and weights files. */
export function addInspectCommand(commands: CommandAdder): void {
  commands.add<[string[]], object>(
    'inspect <FILE...>',
    'what files are: images (format, size, bits, hash of the stored values) and weights (format, tensors, the network they fit), or why they are refused',
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
}

/** Files in the decoder at a time. */
const inFlight = 32;

type Outcome = InspectOutcome | WeightsOutcome;

/** One line per file, in the order asked for, as soon as it is known; exit code 3 when any was refused. */
async function inspectFiles(
  decoder: Decoder,
  files: readonly string[],
  output: Output,
  signal: AbortSignal,
): Promise<number> {
  let refused = false;
  let lastWeights: Promise<unknown> = Promise.resolve();
  /** Weights files are large: one at a time. */
  const inspectOne = async (path: string): Promise<Outcome> => {
    if (!(await isWeights(path))) return decoder.inspect(path);
    const { inspectWeights } = await import('../compute/weights/inspect.ts');
    const mine = lastWeights.then(() => inspectWeights(path));
    lastWeights = mine;
    return mine;
  };
  const reading: Promise<Outcome>[] = [];
  for (const [index, path] of files.entries()) {
    signal.throwIfAborted();
    while (reading.length < Math.min(files.length, index + inFlight)) reading.push(inspectOne(files[reading.length]!));
    const outcome = await reading[index]!;
    refused ||= outcome.kind === 'rejected';
    describeFile(path, outcome, output);
  }
  return refused ? exitCodes.inputRefused : exitCodes.done;
}

/** What cannot be opened is left to the decoder, which says why. */
async function isWeights(path: string): Promise<boolean> {
  const { sniffWeights } = await import('../compute/weights/open.ts');
  const file = await open(path, openForReading).catch(() => null);
  if (file === null) return false;
  try {
    const read = await file.read(Buffer.alloc(4096), 0, 4096, 0);
    const head = read.buffer.subarray(0, read.bytesRead);
    if (sniffWeights(head, '') !== null) return true;
    // The name counts only where the content says nothing: a DICOM file may be called image.bin.
    return sniff(head, (await file.stat()).size).kind !== 'format' && sniffWeights(head, path) !== null;
  } catch {
    return false;
  } finally {
    await file.close();
  }
}

function describeFile(path: string, outcome: Outcome, output: Output): void {
  if (outcome.kind === 'rejected') {
    const { code, reason } = outcome;
    output.result({ path, rejected: { code, reason } }, `${path}: refused, ${reason}`);
    return;
  }
  if (outcome.kind === 'weights') {
    output.result({ path, ...outcome }, `${path}: ${describeWeights(outcome)}`);
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

function describeWeights(weights: WeightsDescription): string {
  const { format, tensors, parameters, architecture, head, problems, notes } = weights;
  const fits =
    architecture !== null
      ? `fits ${architecture}${head === null ? ' (backbone only)' : ` with the ${head} head`}`
      : `fits neither network: ${Object.entries(problems)
          .map(([name, [first]]) => `${name}: ${first}`)
          .join('; ')}`;
  return [`${format}, ${tensors} tensors, ${parameters} numbers`, fits, ...notes, weights.sha256].join(', ');
}
