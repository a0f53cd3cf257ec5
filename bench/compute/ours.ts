/**
 * Worker of the benchmark: Parenchyma's side. Arguments: binding, engine, architecture, what is frozen, precision. Reads lines
 * "PART STEPS" (train, forward, features, trainHead, forwardHead, nothing) and answers with a line of JSON each.
 */
import { createInterface } from 'node:readline';
import { startTensorFlow } from '../../src-main/compute/backends/tensorflow.ts';
import { createRandom } from '../../src-main/compute/data/random.ts';
import { collectGarbage } from '../../src-main/compute/memory.ts';
import { initialValues } from '../../src-main/compute/network/initialise.ts';
import { Network } from '../../src-main/compute/network/network.ts';
import type { PreparedStages } from '../../src-main/compute/network/stages.ts';
import { createOptimiser } from '../../src-main/compute/network/optimiser.ts';
import type { Precision } from '../../src-shared/contract/training.ts';
import type { Architecture } from '../../src-shared/contract/vocabulary.ts';

const [binding, engine, architecture, freeze, precision] = process.argv.slice(2) as [
  string,
  'fused' | 'composed',
  Architecture,
  'none' | 'backbone',
  Precision,
];
const batch = 8;
const edge = 224;
const native = startTensorFlow('tensorflow', binding);
const ops = engine === 'fused' ? native.fused()! : native.composed();
const network = new Network(
  ops,
  { architecture, head: 'full', classes: 2 },
  { imageSize: edge, freeze, precision },
  (specification) => initialValues(specification, 1),
);
collectGarbage();
const noise = createRandom(1, 'bench');
const pixels = ops.upload(
  Float32Array.from({ length: batch * edge * edge * 3 }, () => noise.normal()),
  [batch, edge, edge, 3],
);
const features = ops.upload(
  Float32Array.from({ length: batch * 25088 }, () => Math.max(0, noise.normal())),
  [batch, 25088],
);
const labels = Array.from({ length: batch }, (_, image) => image % 2);
const optimiser = createOptimiser<unknown>({ optimiser: 'sgd', learningRate: 1e-3, weightDecay: 0, momentum: 0.9 });

function train(input: unknown): void {
  optimiser.begin();
  const step = { input, labels, classWeights: [1, 1], random: noise };
  network.train(step, optimiser.update, optimiser.updateByProduct);
}

function run(prepared: PreparedStages<unknown>, input: unknown): void {
  const output = prepared.run(input);
  ops.download(output);
  ops.dispose(output);
}

const prepared = new Map<string, PreparedStages<unknown>>();
/** Made once for many steps, as an epoch does; training changes the weights, so it drops what was made. */
function preparedPart(part: 'all' | 'frozen' | 'rest'): PreparedStages<unknown> {
  const found = prepared.get(part) ?? network.prepare(part);
  prepared.set(part, found);
  return found;
}

const parts: Record<string, () => void> = {
  train: () => train(pixels),
  trainHead: () => train(features),
  forward: () => run(preparedPart('all'), pixels),
  features: () => run(preparedPart('frozen'), pixels),
  forwardHead: () => run(preparedPart('rest'), features),
  nothing: () => undefined,
};

for await (const line of createInterface({ input: process.stdin })) {
  const [part, steps] = line.split(' ') as [string, string];
  const started = performance.now();
  for (let done = 0; done < Number(steps); done += 1) parts[part]!();
  const seconds = (performance.now() - started) / 1000;
  if (part.startsWith('train')) {
    prepared.forEach((stages) => stages.dispose());
    prepared.clear();
  }
  console.log(JSON.stringify({ seconds, peakBytes: process.resourceUsage().maxRSS * 1024 }));
}
