/**
 * `npm run bench -- compute [--json] [--rounds N] [--steps N] [--case NAME] [--pair] [--python PATH]`: training steps and forward passes of ours
 * and of PyTorch, interleaved, batch 8 at 224 pixels with the full head. `--pair` leaves out all but ours and PyTorch's float32. PyTorch is installed by pip into a throw-away
 * environment unless `--python` names one that has it.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { computeEnvironment, ensureEngine } from '../src-main/engine/index.ts';

const batch = 8;
const size = 224;

interface Contestant {
  name: string;
  program: string;
  args: string[];
  environment: NodeJS.ProcessEnv;
}

interface Case {
  name: string;
  /** Ours first, then the one that the ratio is taken over, then others that are shown beside. */
  contestants: Contestant[];
}

const answerSchema = z.object({ seconds: z.number(), peakBytes: z.number() });

interface Result {
  name: string;
  /** Median over the rounds. */
  millisecondsPerImage: number;
  peakBytes: number;
}

export default async function compute(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      json: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '5' },
      steps: { type: 'string', default: '2' },
      case: { type: 'string' },
      pair: { type: 'boolean', default: false },
      python: { type: 'string', default: process.env.PARENCHYMA_TORCH_PYTHON },
    },
  });
  const { engine } = await ensureEngine();
  if (engine === null) throw new Error('The native engine is not installed; run "node scripts/setup/engine.ts".');
  const python = values.python ?? installTorch();
  const ratios: Record<string, number> = {};
  const memory: Record<string, number> = {};
  for (const one of cases(engine.binding, python)) {
    if (values.case !== undefined && one.name !== values.case) continue;
    const contestants = values.pair ? one.contestants.slice(0, 2) : one.contestants;
    const results = await compete(contestants, Number(values.rounds), Number(values.steps));
    const [ours, theirs] = results as [Result, Result];
    ratios[one.name] = theirs.millisecondsPerImage / ours.millisecondsPerImage;
    memory[one.name] = ours.peakBytes / theirs.peakBytes;
    console.log(`\n${one.name}`);
    for (const { name, millisecondsPerImage, peakBytes } of results) {
      const columns = [
        name.padEnd(36),
        `${millisecondsPerImage.toFixed(0).padStart(6)} ms/image`,
        `${(1000 / millisecondsPerImage).toFixed(2).padStart(7)} images/s`,
        `${(peakBytes / 1e9).toFixed(2).padStart(6)} GB`,
        `${(theirs.millisecondsPerImage / millisecondsPerImage).toFixed(2).padStart(6)} ×`,
      ];
      console.log(`  ${columns.join('  ')}`);
    }
  }
  if (values.json) console.log(JSON.stringify({ ratios, memory }));
}

function cases(binding: string, python: string): Case[] {
  const ours = (engine: string, architecture: string, mode: string): Contestant => ({
    name: `Parenchyma, ${engine} engine`,
    program: process.execPath,
    args: [join(import.meta.dirname, 'compute/ours.ts'), binding, engine, architecture, mode, `${batch}`, `${size}`],
    environment: { ...process.env, ...computeEnvironment('tensorflow') },
  });
  const torch = (architecture: string, mode: string, precision: string): Contestant => ({
    name: `PyTorch, channels-last, ${precision === 'mixed' ? 'bfloat16 autocast' : 'float32'}`,
    program: python,
    args: [join(import.meta.dirname, 'compute/torch_worker.py'), architecture, mode, `${batch}`, `${size}`, precision],
    environment: process.env,
  });
  return (['vgg16', 'vgg19_bn'] as const).flatMap((architecture) =>
    (['train', 'forward'] as const).map((mode) => ({
      name: `${architecture}.${mode}`,
      contestants: [
        ours('fused', architecture, mode),
        torch(architecture, mode, 'float32'),
        ours('composed', architecture, mode),
        torch(architecture, mode, 'mixed'),
      ],
    })),
  );
}

/** Runs the contestants in turn, round by round, so that whatever else the machine does meets all of them. */
async function compete(contestants: Contestant[], rounds: number, steps: number): Promise<Result[]> {
  const workers = contestants.map(startWorker);
  try {
    for (const { run } of workers) await run(1);
    const seconds: number[][] = workers.map(() => []);
    for (let round = 0; round < rounds; round += 1) {
      for (const [index, { run }] of workers.entries()) seconds[index]!.push((await run(steps)).seconds);
    }
    const results: Result[] = [];
    for (const [index, { run }] of workers.entries()) {
      const sorted = seconds[index]!.sort((a, b) => a - b);
      const median = sorted[Math.floor(sorted.length / 2)]!;
      const { peakBytes } = await run(0);
      results.push({
        name: contestants[index]!.name,
        millisecondsPerImage: (median * 1000) / (steps * batch),
        peakBytes,
      });
    }
    return results;
  } finally {
    workers.forEach(({ stop }) => stop());
  }
}

function startWorker({ program, args, environment, name }: Contestant) {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], env: environment });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-2000)));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async run(steps: number): Promise<z.infer<typeof answerSchema>> {
      child.stdin.write(`${steps}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`${name} ended: ${errors}`);
      return answerSchema.parse(JSON.parse(value));
    },
    stop: () => child.kill(),
  };
}

function installTorch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'parenchyma-torch-'));
  console.error(
    `Installing PyTorch with pip into ${folder} (several gigabytes); --python PATH uses one that is there.`,
  );
  const python = join(folder, 'bin/python');
  for (const [program, ...args] of [
    ['python3', '-m', 'venv', folder],
    [python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', 'torch', 'numpy'],
  ] as [string, ...string[]][]) {
    const { status } = spawnSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
    if (status !== 0) throw new Error('PyTorch could not be installed with pip.');
  }
  return python;
}
