/**
 * A small VGG, trained for a few steps from values that need no file; what comes of it was computed once by PyTorch in
 * float64 (scripts/oracles/backend_case.py) and is kept in stored-case.json. Every backend has to reproduce it.
 */
import { crossEntropy } from '../network/softmax.ts';
import type { Operations, Variable } from '../network/operations.ts';

/** Shape of every weight, in the order in which the case makes them. */
const shapes = {
  filter1: [3, 3, 3, 8],
  bias1: [8],
  scale1: [8],
  offset1: [8],
  filter2: [3, 3, 8, 8],
  bias2: [8],
  filter3: [3, 3, 8, 16],
  bias3: [16],
  scale3: [16],
  offset3: [16],
  weights4: [16, 12],
  bias4: [12],
  weights5: [12, 2],
  bias5: [2],
} as const;
type WeightName = keyof typeof shapes;
const names = Object.keys(shapes) as WeightName[];

const batch = 2;
const edge = 12;
const labels = [0, 1];
const classWeights = [1, 2];
const constants = { epsilon: 1e-5, momentum: 0.1 };
export const steps = 3;
const rates = {
  sgd: { learningRate: 0.02, weightDecay: 1e-2, momentum: 0.9 },
  adam: { learningRate: 2e-3, weightDecay: 1e-2 },
};

/** sin is the same to the last bit that matters here on every machine. */
function wave(count: number, step: number, size: number, middle = 0): Float32Array {
  return Float32Array.from({ length: count }, (_, index) => middle + size * Math.sin((index + 1) * step + 0.5));
}

function initialValues(name: WeightName, place: number): Float32Array {
  const count = shapes[name].reduce<number>((product, length) => product * length, 1);
  const step = 0.37 + 0.113 * place;
  if (name.startsWith('scale')) return wave(count, step, 0.3, 1);
  if (name.startsWith('filter')) return wave(count, step, Math.sqrt(2 / (count / shapes[name].at(-1)!)));
  return wave(count, step, name.startsWith('weights') ? 0.5 : 0.2);
}

type Weights<Tensor> = Record<WeightName, Variable<Tensor>>;

/** Named results, in this order: outputs and losses of each step, gradients of the first, running statistics, weights after the last. */
export type CaseResults = Map<string, Float32Array>;

export function runStoredCase<Tensor>(ops: Operations<Tensor>): CaseResults {
  const results: CaseResults = new Map();
  const input = ops.upload(wave(batch * edge * edge * 3, 0.71, 1.5), [batch, edge, edge, 3]);
  for (const optimiser of ['sgd', 'adam'] as const) {
    const weights = Object.fromEntries(
      names.map((name, place) => [name, ops.variable(ops.upload(initialValues(name, place), [...shapes[name]]))]),
    ) as Weights<Tensor>;
    for (let count = 1; count <= steps; count += 1) {
      const record = (name: string, tensor: Tensor) => {
        if (count === 1 && optimiser === 'sgd') results.set(name, ops.download(tensor).slice());
      };
      const { logits, loss } = step(ops, weights, input, record, (name, gradient) => {
        if (optimiser === 'sgd') weights[name].updateBySgd(gradient, rates.sgd);
        else weights[name].updateByAdam(gradient, { ...rates.adam, decoupled: false, count });
      });
      results.set(`${optimiser} logits ${count}`, logits);
      results.set(`${optimiser} loss ${count}`, Float32Array.of(loss));
    }
    for (const name of names) {
      const value = weights[name].read();
      results.set(`${optimiser} ${name}`, ops.download(value).slice());
      ops.dispose(value);
      weights[name].dispose();
    }
  }
  ops.dispose(input);
  return results;
}

/** One training step, written out: convolution, normalisation, ReLU, pooling, averaging, dense layers, and back. */
function step<Tensor>(
  ops: Operations<Tensor>,
  weights: Weights<Tensor>,
  input: Tensor,
  record: (name: string, tensor: Tensor) => void,
  update: (name: WeightName, gradient: Tensor) => void,
): { logits: Float32Array; loss: number } {
  const held: Tensor[] = [];
  const keep = (tensor: Tensor): Tensor => {
    held.push(tensor);
    return tensor;
  };
  const read = Object.fromEntries(names.map((name) => [name, keep(weights[name].read())])) as Record<
    WeightName,
    Tensor
  >;
  const running = (channels: number) => ({
    mean: keep(ops.upload(new Float32Array(channels), [channels])),
    variance: keep(ops.upload(new Float32Array(channels).fill(1), [channels])),
  });
  const learn = (name: WeightName, gradient: Tensor) => {
    record(`gradient ${name}`, gradient);
    update(name, gradient);
  };

  const convolved1 = keep(ops.convolve(input, read.filter1, read.bias1, false));
  const normal1 = ops.normalise(convolved1, read.scale1, read.offset1, running(8), constants);
  held.push(normal1.output, normal1.runningMean, normal1.runningVariance, ...normal1.saved);
  record('running mean', normal1.runningMean);
  record('running variance', normal1.runningVariance);
  const convolved2 = keep(ops.convolve(normal1.output, read.filter2, read.bias2, true));
  const pooled2 = ops.maxPool(convolved2);
  held.push(pooled2.output, ...pooled2.saved);
  const convolved3 = keep(ops.convolve(pooled2.output, read.filter3, read.bias3, false));
  const normal3 = ops.normalise(convolved3, read.scale3, read.offset3, running(16), constants);
  held.push(normal3.output, normal3.runningMean, normal3.runningVariance, ...normal3.saved);
  const pooled3 = ops.maxPool(normal3.output);
  held.push(pooled3.output, ...pooled3.saved);
  const mean = keep(ops.upload(new Float32Array(9).fill(1 / 9), [1, 9]));
  const places = keep(ops.reshape(pooled3.output, [batch, 9, 16]));
  const flat = keep(ops.reshape(keep(ops.mixPlaces(mean, places)), [batch, 16]));
  const hidden = keep(ops.dense(flat, read.weights4, read.bias4, true));
  const output = keep(ops.dense(hidden, read.weights5, read.bias5, false));

  const logits = ops.download(output).slice();
  const { weightedSum, weightSum, gradient } = crossEntropy(logits, labels, classWeights);
  const last = keep(ops.upload(gradient, [batch, 2]));
  const dense5 = ops.denseGradients(hidden, read.weights5, last, true);
  const hiddenSlope = keep(ops.reluGradient(keep(dense5.input!), hidden));
  const dense4 = ops.denseGradients(flat, read.weights4, hiddenSlope, true);
  const spread = keep(
    ops.mixPlaces(keep(ops.transpose(mean, [1, 0])), keep(ops.reshape(keep(dense4.input!), [batch, 1, 16]))),
  );
  const unpooled3 = keep(
    ops.maxPoolGradient(normal3.output, pooled3.output, keep(ops.reshape(spread, [batch, 3, 3, 16])), pooled3.saved),
  );
  const slope3 = keep(ops.reluGradient(unpooled3, normal3.output));
  const back3 = ops.normalisationGradients(convolved3, read.scale3, slope3, normal3.saved, constants.epsilon);
  const gradients3 = ops.convolutionGradients(pooled2.output, read.filter3, keep(back3.input), true);
  const unpooled2 = keep(ops.maxPoolGradient(convolved2, pooled2.output, keep(gradients3.input!), pooled2.saved));
  const slope2 = keep(ops.reluGradient(unpooled2, convolved2));
  const gradients2 = ops.convolutionGradients(normal1.output, read.filter2, slope2, true);
  const slope1 = keep(ops.reluGradient(keep(gradients2.input!), normal1.output));
  const back1 = ops.normalisationGradients(convolved1, read.scale1, slope1, normal1.saved, constants.epsilon);
  const gradients1 = ops.convolutionGradients(input, read.filter1, keep(back1.input), true);
  record('gradient input', keep(gradients1.input!));
  learn('weights5', dense5.weights);
  learn('bias5', dense5.bias);
  learn('weights4', dense4.weights);
  learn('bias4', dense4.bias);
  learn('scale3', back3.scale);
  learn('offset3', back3.offset);
  learn('filter3', gradients3.filter);
  learn('bias3', gradients3.bias);
  learn('filter2', gradients2.filter);
  learn('bias2', gradients2.bias);
  learn('scale1', back1.scale);
  learn('offset1', back1.offset);
  learn('filter1', gradients1.filter);
  learn('bias1', gradients1.bias);
  ops.dispose(...held);
  return { logits, loss: weightedSum / weightSum };
}
