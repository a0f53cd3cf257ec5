import type * as tfCore from '@tensorflow/tfjs-core';
import type { TensorFlowJs } from '../network/tensorflowjs.ts';

type Tensor = tfCore.Tensor;

/**
 * Gradients for TF.js's WebAssembly backend, which lacks Conv2DBackpropFilter and multiplies transposed matrices by a plain
 * loop, ten to twenty times slower than XNNPACK does the same product of untransposed ones. 3×3, stride 1, padding 1.
 */
export interface WasmGradients {
  /** dL/dfilter `[3, 3, inputs, outputs]` from `x [batch, height, width, inputs]` and `dy […, outputs]`. */
  filter(x: Tensor, dy: Tensor, filterShape: number[]): Tensor;
  /** dL/dx from `dy` and the filter. */
  input(filter: Tensor, dy: Tensor): Tensor;
  /** firstᵀ · second, of `[rows, n]` and `[rows, m]`. */
  productOfTransposed(first: Tensor, second: Tensor): Tensor;
  /** first · secondᵀ, of `[rows, n]` and `[m, n]`. */
  productByTransposed(first: Tensor, second: Tensor): Tensor;
}

/** Below this many input channels the nine products would be of a few rows each: one product of all cells is faster. */
const fewChannels = 16;

export function wasmGradients(tf: TensorFlowJs): WasmGradients {
  /** The input as the filter's cell (row, column) meets it, one row per place: `[batch · height · width, inputs]`. */
  function seenByCell(padded: Tensor, shape: number[], row: number, column: number): Tensor {
    const [batch, height, width, inputs] = shape as [number, number, number, number];
    const moved = tf.slice(padded, [0, row, column, 0], [batch, height, width, inputs]);
    return tf.reshape(moved, [batch * height * width, inputs]);
  }

  function filter(x: Tensor, dy: Tensor, filterShape: number[]): Tensor {
    return tf.tidy(() => {
      const [batch, height, width, inputs] = x.shape as [number, number, number, number];
      const edge: [number, number][] = [
        [0, 0],
        [1, 1],
        [1, 1],
        [0, 0],
      ];
      const padded = tf.pad(x, edge);
      const gradient = tf.reshape(dy, [batch * height * width, dy.shape[3]!]);
      const cells = Array.from({ length: 9 }, (_, cell): [number, number] => [Math.floor(cell / 3), cell % 3]);
      if (inputs < fewChannels) {
        const columns = tf.concat(
          cells.map((cell) => seenByCell(padded, x.shape, ...cell)),
          1,
        );
        return tf.reshape(tf.matMul(tf.transpose(columns), gradient), filterShape);
      }
      // Cell by cell, so that no more than one ninth of all products' left sides is ever held.
      const products = cells.map((cell) =>
        tf.tidy(() => tf.matMul(tf.transpose(seenByCell(padded, x.shape, ...cell)), gradient)),
      );
      return tf.reshape(tf.stack(products), filterShape);
    });
  }

  return {
    filter,
    // At stride 1 this is a forward convolution with the filter turned by 180° and its channels exchanged.
    input: (weights, dy) =>
      tf.tidy(() => {
        const [, , inputs, outputs] = weights.shape as [number, number, number, number];
        const turned = tf.tensor4d(turnedFilter(weights.dataSync(), inputs, outputs), [3, 3, outputs, inputs]);
        return tf.conv2d(dy as tfCore.Tensor4D, turned, 1, 'same');
      }),
    productOfTransposed: (first, second) => tf.tidy(() => tf.matMul(tf.transpose(first), second)),
    productByTransposed: (first, second) => tf.tidy(() => tf.matMul(first, tf.transpose(second))),
  };
}

/** Edge of the blocks in which a matrix is transposed: two of them fit a processor's first cache. */
const block = 32;

/** `turned[8 − cell][output][input] = filter[cell][input][output]`; in JavaScript, because wasm's `reverse` and `transpose` take five times as long. */
function turnedFilter(filter: ArrayLike<number>, inputs: number, outputs: number): Float32Array {
  const size = inputs * outputs;
  const turned = new Float32Array(9 * size);
  for (let cell = 0; cell < 9; cell += 1) {
    const [from, to] = [cell * size, (8 - cell) * size];
    for (let top = 0; top < inputs; top += block) {
      for (let left = 0; left < outputs; left += block) {
        const [bottom, right] = [Math.min(inputs, top + block), Math.min(outputs, left + block)];
        for (let input = top; input < bottom; input += 1) {
          for (let output = left; output < right; output += 1) {
            turned[to + output * inputs + input] = filter[from + input * outputs + output]!;
          }
        }
      }
    }
  }
  return turned;
}
