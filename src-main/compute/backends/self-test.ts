import type { Operations } from '../network/operations.ts';

/** Values that need no stored file: sin is the same to the last bit that matters here on every machine. */
function wave(count: number, step: number): Float32Array {
  return Float32Array.from({ length: count }, (_, index) => Math.sin(index * step + 0.5));
}

/**
 * Runs convolution, batch normalisation, pooling, dense layer and all their gradients once, in small.
 *
 * @returns the results one after the other, for comparison between engines
 */
function exercise<Tensor>(ops: Operations<Tensor>): Float32Array {
  const results: Float32Array[] = [];
  const owned: Tensor[] = [];
  const keep = (tensor: Tensor): Tensor => {
    owned.push(tensor);
    return tensor;
  };
  const record = (...tensors: (Tensor | null)[]) => {
    for (const tensor of tensors) if (tensor !== null) results.push(ops.download(keep(tensor)));
  };
  const input = keep(ops.upload(wave(2 * 6 * 6 * 8, 0.7), [2, 6, 6, 8]));
  const filter = keep(ops.upload(wave(9 * 8 * 16, 0.31), [3, 3, 8, 16]));
  const bias = keep(ops.upload(wave(16, 0.9), [16]));
  const scale = keep(ops.upload(wave(16, 0.2), [16]));
  record(ops.convolve(input, filter, bias, true));
  const convolved = ops.convolve(input, filter, bias, false);
  record(convolved);
  const running = { mean: bias, variance: keep(ops.upload(new Float32Array(16).fill(1), [16])) };
  const normal = ops.normalise(convolved, scale, bias, running, { epsilon: 1e-5, momentum: 0.1 });
  record(normal.output, normal.runningMean, normal.runningVariance);
  normal.saved.forEach(keep);
  const pooled = ops.maxPool(normal.output);
  record(pooled.output);
  pooled.saved.forEach(keep);
  const gradient = keep(ops.upload(wave(2 * 3 * 3 * 16, 0.4), [2, 3, 3, 16]));
  const unpooled = ops.maxPoolGradient(normal.output, pooled.output, gradient, pooled.saved);
  const rectified = ops.reluGradient(unpooled, normal.output);
  // Where the maximum is 0 engines choose different cells; behind the ReLU no gradient passes there.
  keep(unpooled);
  record(rectified);
  const back = ops.normalisationGradients(convolved, scale, rectified, normal.saved, 1e-5);
  record(back.input, back.scale, back.offset);
  const slopes = ops.convolutionGradients(input, filter, back.input, true);
  record(slopes.input, slopes.filter, slopes.bias);
  const flat = keep(ops.reshape(pooled.output, [2, 144]));
  const weights = keep(ops.upload(wave(144 * 5, 0.23), [144, 5]));
  const short = keep(ops.upload(wave(5, 0.6), [5]));
  const dense = ops.dense(flat, weights, short, false);
  const denseSlopes = ops.denseGradients(flat, weights, dense, true);
  record(dense, denseSlopes.input, denseSlopes.weights, denseSlopes.bias);
  ops.dispose(...owned);
  const joined = new Float32Array(results.reduce((sum, one) => sum + one.length, 0));
  let place = 0;
  for (const one of results) {
    joined.set(one, place);
    place += one.length;
  }
  return joined;
}

/** Largest difference, in proportion to the largest value, that still counts as the same numbers in float32. */
const tolerance = 1e-4;

/** Sum of the absolute results of the exercise, computed once by the composed engine on TensorFlow 2.21 and kept. */
const expectedSum = 22734.75;

/** Says what is wrong with an engine, or null. The first engine of a backend is held against a stored number, others against the first. */
export function selfTest<Tensor>(
  ops: Operations<Tensor>,
  reference: Float32Array | null,
): { problem: string | null; results: Float32Array } {
  const before = ops.liveTensors();
  const results = exercise(ops);
  if (results.some((value) => !Number.isFinite(value))) return { problem: 'some results are not finite', results };
  if (ops.liveTensors() !== before) return { problem: 'some tensors were not freed', results };
  if (reference === null) {
    const sum = results.reduce((total, value) => total + Math.abs(value), 0);
    const error = Math.abs(sum - expectedSum) / expectedSum;
    return { problem: error < tolerance ? null : `the results differ from the stored ones by ${error}`, results };
  }
  const largest = reference.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const worst =
    results.reduce((most, value, index) => Math.max(most, Math.abs(value - reference[index]!)), 0) / largest;
  return { problem: worst < tolerance ? null : `the results differ from the other engine's by ${worst}`, results };
}
