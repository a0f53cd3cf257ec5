/** Worker of the benchmark: runs one case when told, on standard input and output, a line of JSON each way. */
import { createInterface } from 'node:readline';
import { startTensorFlow } from '../../src-main/compute/backends/tensorflow.ts';
import { createRandom } from '../../src-main/compute/data/random.ts';
import { collectGarbage } from '../../src-main/compute/memory.ts';
import { initialValues } from '../../src-main/compute/network/initialise.ts';
import { Network } from '../../src-main/compute/network/network.ts';
import { createOptimiser } from '../../src-main/compute/network/optimiser.ts';
import type { Architecture } from '../../src-shared/contract/vocabulary.ts';

const [binding, engine, architecture, mode, batch, size] = process.argv.slice(2) as [
  string,
  'fused' | 'composed',
  Architecture,
  'train' | 'forward',
  string,
  string,
];
const native = startTensorFlow('tensorflow', binding);
const ops = engine === 'fused' ? native.fused()! : native.composed();
const images = Number(batch);
const edge = Number(size);
const network = new Network(
  ops,
  { architecture, head: 'full', classes: 2 },
  { imageSize: edge, freeze: 'none' },
  (specification) => initialValues(specification, 1),
);
collectGarbage();
const noise = createRandom(1, 'bench');
const pixels = ops.upload(
  Float32Array.from({ length: images * edge * edge * 3 }, () => noise.normal()),
  [images, edge, edge, 3],
);
const labels = Array.from({ length: images }, (_, image) => image % 2);
const optimiser = createOptimiser<unknown>({ optimiser: 'sgd', learningRate: 1e-3, weightDecay: 0, momentum: 0.9 });
const prepared = mode === 'forward' ? network.prepare('all') : null;

function step(): void {
  if (prepared === null) {
    optimiser.begin();
    network.train({ input: pixels, labels, classWeights: [1, 1], random: noise }, optimiser.update);
    return;
  }
  const logits = prepared.run(pixels);
  ops.download(logits);
  ops.dispose(logits);
}

for await (const line of createInterface({ input: process.stdin })) {
  const steps = Number(line);
  const started = performance.now();
  for (let done = 0; done < steps; done += 1) step();
  const seconds = (performance.now() - started) / 1000;
  console.log(JSON.stringify({ seconds, peakBytes: process.resourceUsage().maxRSS * 1024 }));
}
