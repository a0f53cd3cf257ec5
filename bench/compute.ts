/**
 * `npm run bench -- compute [--json] [--rounds N] [--steps N] [--case NAME…] [--python PATH]`: training and inference of ours and of
 * PyTorch, interleaved: batch 8, 224 pixels, full head, SGD with momentum. Ratios are PyTorch's time in float32, in its best
 * memory layout, over ours. What stands beside takes no part: PyTorch's bfloat16 autocast, onnxruntime, our composed engine
 * (`--composed`). PyTorch comes by pip into an environment of its own unless `--python` names one that has it.
 *
 * `frozen20epochs` is 20 epochs of COVID-CT's training and validation sets (425 and 118 pictures) with a frozen backbone, put
 * together from the times of its steps: a notebook sends every picture through the whole network in each epoch; ours computes the
 * features of the pictures, and of the mirrored training pictures, once.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { computeEnvironment, ensureEngine } from '../src-main/engine/index.ts';
import type { Architecture } from '../src-shared/contract/vocabulary.ts';
import { compete, type Contestant, type Result, type WorkerCommand } from './compute/contest.ts';
import { ensureOnnx, ensureTorch, torchWorker } from './compute/torch.ts';

const batch = 8;
const covidCt = { training: 425, validation: 118 };
const epochs = 20;

interface Case {
  /** Ratios that the case gives: name, and the contestant whose time counts for us. */
  ratios: Record<string, string>;
  /** Images that the contestants' seconds stand for. */
  images: number;
  contestants: Contestant[];
}

const torchNames = ['PyTorch, channels-last', 'PyTorch, contiguous'];
const mixedName = 'Parenchyma, mixed';
const floatName = 'Parenchyma, float32';
const autocastName = 'PyTorch, bfloat16 autocast';

export default async function compute(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      json: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '5' },
      steps: { type: 'string', default: '1' },
      case: { type: 'string', multiple: true },
      composed: { type: 'boolean', default: false },
      python: { type: 'string', default: process.env.PARENCHYMA_TORCH_PYTHON },
    },
  });
  const { engine } = await ensureEngine();
  if (engine === null) throw new Error('The native engine is not installed; run "node scripts/setup/engine.ts".');
  const python = values.python ?? (await ensureTorch());
  const wanted = (one: Case) =>
    values.case === undefined || Object.keys(one.ratios).some((name) => values.case!.includes(name));
  const ratios: Record<string, number> = {};
  const memory: Record<string, { bytes: number; torchBytes: number; ratio: number }> = {};
  for (const one of casesOf(engine.binding, python, values.composed).filter(wanted)) {
    const contestants = [...one.contestants];
    if ('forward' in one && one.forward) contestants.push(await onnxContestant(python, one.forward));
    const results = await compete(contestants, { rounds: Number(values.rounds), steps: Number(values.steps) });
    const torch = fastest(results.filter(({ name }) => torchNames.includes(name)));
    printTable(Object.keys(one.ratios).join(', '), one.images, results, torch);
    for (const [name, contestant] of Object.entries(one.ratios)) {
      const ours = results.find((result) => result.name === contestant)!;
      ratios[name] = rounded(torch.seconds / ours.seconds);
      const ratio = rounded(ours.peakBytes / torch.peakBytes);
      memory[name] = { bytes: ours.peakBytes, torchBytes: torch.peakBytes, ratio };
    }
  }
  if (values.json) console.log(JSON.stringify({ ratios, memory }));
}

function casesOf(binding: string, python: string, composed: boolean): (Case & { forward?: Architecture })[] {
  const ours = (engine: 'fused' | 'composed', architecture: string, freeze: string, precision: string) => ({
    program: process.execPath,
    args: [join(import.meta.dirname, 'compute/ours.ts'), binding, engine, architecture, freeze, precision],
    environment: { ...process.env, ...computeEnvironment('tensorflow') },
  });
  const whole = (name: string, worker: WorkerCommand, part: string): Contestant => ({
    name,
    worker,
    parts: [{ part, count: 1 }],
  });
  const torches = (architecture: string, part: string): Contestant[] => [
    whole(torchNames[0]!, torchWorker(python, architecture, 'all', 'channels-last', 'float32'), part),
    whole(torchNames[1]!, torchWorker(python, architecture, 'all', 'contiguous', 'float32'), part),
    whole(autocastName, torchWorker(python, architecture, 'all', 'channels-last', 'bfloat16'), part),
  ];
  const reference = (architecture: string, part: string) =>
    composed ? [whole('Parenchyma, composed engine', ours('composed', architecture, 'none', 'float32'), part)] : [];
  const perArchitecture = (architecture: Architecture): (Case & { forward?: Architecture })[] => [
    {
      ratios: { [`${architecture}.train`]: floatName, [`${architecture}.trainMixed`]: mixedName },
      images: batch,
      contestants: [
        whole(floatName, ours('fused', architecture, 'none', 'float32'), 'train'),
        whole(mixedName, ours('fused', architecture, 'none', 'mixed'), 'train'),
        ...torches(architecture, 'train'),
        ...reference(architecture, 'train'),
      ],
    },
    {
      ratios: { [`${architecture}.forward`]: floatName },
      images: batch,
      forward: architecture,
      contestants: [
        whole(floatName, ours('fused', architecture, 'none', 'float32'), 'forward'),
        ...torches(architecture, 'forward'),
        ...reference(architecture, 'forward'),
      ],
    },
  ];
  const batches = (images: number) => images / batch;
  const inEpochs = (images: number) => epochs * batches(images);
  const frozenTorch = (name: string, layout: string): Contestant => ({
    name,
    worker: torchWorker(python, 'vgg19_bn', 'head', layout, 'float32'),
    parts: [
      { part: 'train', count: inEpochs(covidCt.training) },
      { part: 'forward', count: inEpochs(covidCt.validation) },
    ],
  });
  const frozen: Case = {
    ratios: { 'vgg19_bn.frozen20epochs': floatName },
    images: epochs * (covidCt.training + covidCt.validation),
    contestants: [
      {
        name: floatName,
        worker: ours('fused', 'vgg19_bn', 'backbone', 'float32'),
        parts: [
          { part: 'features', count: batches(2 * covidCt.training + covidCt.validation) },
          { part: 'trainHead', count: inEpochs(covidCt.training) },
          { part: 'forwardHead', count: inEpochs(covidCt.validation) },
        ],
      },
      frozenTorch(torchNames[0]!, 'channels-last'),
      frozenTorch(torchNames[1]!, 'contiguous'),
    ],
  };
  return [...perArchitecture('vgg16'), ...perArchitecture('vgg19_bn'), frozen];
}

async function onnxContestant(python: string, architecture: Architecture): Promise<Contestant> {
  const worker = {
    program: process.execPath,
    args: [join(import.meta.dirname, 'compute/onnx.ts'), await ensureOnnx(python, architecture)],
    environment: process.env,
  };
  return { name: 'onnxruntime-node', worker, parts: [{ part: 'forward', count: 1 }] };
}

function fastest(results: readonly Result[]): Result {
  return results.reduce((best, one) => (one.seconds < best.seconds ? one : best));
}

function printTable(title: string, images: number, results: readonly Result[], torch: Result): void {
  console.log(`\n${title}`);
  for (const { name, seconds, peakBytes } of results) {
    const columns = [
      name.padEnd(30),
      `${(images / seconds).toFixed(2).padStart(8)} images/s`,
      `${((1000 * seconds) / images).toFixed(1).padStart(8)} ms/image`,
      `${(peakBytes / 1e9).toFixed(2).padStart(6)} GB`,
      `${(torch.seconds / seconds).toFixed(2).padStart(6)} ×`,
    ];
    console.log(`  ${columns.join('  ')}`);
  }
}

const rounded = (value: number): number => Number(value.toFixed(3));
