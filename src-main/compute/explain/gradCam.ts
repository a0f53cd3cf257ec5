import type { PreparedStages } from '../network/stages.ts';
import type { Operations } from '../network/operations.ts';
import type { Head } from './head.ts';

export interface ScoredMap {
  /** Row-major, `edge × edge`. */
  values: Float32Array<ArrayBuffer>;
  /** The class's logit. */
  score: number;
}

/**
 * Gradient-weighted class activation maps (Selvaraju et al. 2017, equations 1 and 2): each channel A of the last
 * convolution's ReLU output is weighted with the mean over all places of the logit's gradient by A; the weighted sum over
 * the channels goes through a ReLU. The maps are not normalised.
 *
 * Max pooling hands the gradient of each of its cells on to exactly one place, so the mean over the places is the sum over
 * the cells, divided by the number of places. The pooling's own gradient is not needed, on which engines differ where several
 * places of a cell are equal (all of them 0 behind a ReLU, mostly).
 *
 * @param pixels `[batch, size, size, 3]`, normalised; stays the caller's
 * @param wanted for each image of the batch the classes whose maps are wanted
 * @returns for each image its maps, in the order wanted
 */
export function gradCam<Tensor>(
  ops: Operations<Tensor>,
  { features, head, classes }: { features: PreparedStages<Tensor>; head: Head<Tensor>; classes: number },
  pixels: Tensor,
  wanted: readonly (readonly number[])[],
): ScoredMap[][] {
  const activations = features.run(pixels);
  const [, height, width, channels] = ops.shape(activations) as [number, number, number, number];
  const places = height * width;
  const pass = head.run(activations);
  const activity = ops.download(activations);
  const logits = ops.download(pass.logits);
  const maps = wanted.map((): ScoredMap[] => []);
  const rounds = Math.max(...wanted.map((one) => one.length));
  for (let round = 0; round < rounds; round += 1) {
    // One backward pass serves one class of every image; an image without another class has the gradient 0.
    const chosen = new Float32Array(wanted.length * classes);
    wanted.forEach((one, image) => {
      const target = one[round];
      if (target !== undefined) chosen[image * classes + target] = 1;
    });
    const atLogits = ops.upload(chosen, [wanted.length, classes]);
    const atPooled = pass.gradientAtPooled(atLogits);
    const slopes = ops.download(atPooled);
    ops.dispose(atLogits, atPooled);
    const slopesOfImage = slopes.length / wanted.length;
    wanted.forEach((one, image) => {
      const target = one[round];
      if (target === undefined) return;
      const weights = channelWeights(
        slopes.subarray(image * slopesOfImage, (image + 1) * slopesOfImage),
        places,
        channels,
      );
      const own = activity.subarray(image * places * channels, (image + 1) * places * channels);
      maps[image]!.push({ values: weightedActivations(own, weights), score: logits[image * classes + target]! });
    });
  }
  pass.dispose();
  ops.dispose(activations);
  return maps;
}

/** Equation 1, in double precision: there are few sums, and their order then does not matter. */
function channelWeights(slopes: Float32Array, places: number, channels: number): Float64Array {
  const weights = new Float64Array(channels);
  for (let index = 0; index < slopes.length; index += 1) weights[index % channels]! += slopes[index]! / places;
  return weights;
}

/** Equation 2. */
function weightedActivations(activity: Float32Array, weights: Float64Array): Float32Array<ArrayBuffer> {
  const channels = weights.length;
  return Float32Array.from({ length: activity.length / channels }, (_, place) => {
    let sum = 0;
    for (let channel = 0; channel < channels; channel += 1)
      sum += weights[channel]! * activity[place * channels + channel]!;
    return Math.max(0, sum);
  });
}
