import { backboneOutputs, pooledEdge } from '../../../../models/vgg.ts';

/** How TensorFlow's layout becomes torch's. */
export type Conversion =
  | { kind: 'same' }
  /** `[3, 3, in, out]` → `[out, in, 3, 3]`; `reversed` exchanges the first and last input channel (BGR → RGB). */
  | { kind: 'filter'; reversed: boolean }
  /** `[in, out]` → `[out, in]` */
  | { kind: 'dense' }
  /** The same, where TensorFlow flattened place by place, channels innermost, and torch channel by channel. */
  | { kind: 'flattened'; places: number };

export function convertedShape(shape: readonly number[], { kind }: Conversion): number[] {
  const [a, b, c, d] = shape as [number, number, number, number];
  if (kind === 'filter') return [d, c, a, b];
  return kind === 'same' ? [...shape] : [b, a];
}

/** Rows of the full head's first dense layer, and the places they are flattened from. */
export const flattenedRows = backboneOutputs * pooledEdge * pooledEdge;

/** @param shape of `values` in TensorFlow's layout */
export function convert(
  values: Float32Array<ArrayBuffer>,
  shape: readonly number[],
  conversion: Conversion,
): Float32Array<ArrayBuffer> {
  if (conversion.kind === 'same') return values;
  if (conversion.kind === 'filter') return convertFilter(values, shape, conversion.reversed);
  const [rows, columns] = shape as [number, number];
  const places = conversion.kind === 'flattened' ? conversion.places : 1;
  const channels = rows / places;
  const result = new Float32Array(values.length);
  // Tiles of columns: with a hundred million numbers, going straight through one side misses the cache on the other.
  const tile = 16;
  for (let start = 0; start < columns; start += tile) {
    const end = Math.min(columns, start + tile);
    for (let row = 0; row < rows; row += 1) {
      const target = (row % channels) * places + Math.floor(row / channels);
      for (let column = start; column < end; column += 1)
        result[column * rows + target] = values[row * columns + column]!;
    }
  }
  return result;
}

function convertFilter(values: Float32Array, shape: readonly number[], reversed: boolean): Float32Array<ArrayBuffer> {
  const [height, width, inputs, outputs] = shape as [number, number, number, number];
  const result = new Float32Array(values.length);
  let place = 0;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      for (let input = 0; input < inputs; input += 1) {
        const channel = reversed ? inputs - 1 - input : input;
        for (let output = 0; output < outputs; output += 1) {
          result[((output * inputs + channel) * height + y) * width + x] = values[place]!;
          place += 1;
        }
      }
    }
  }
  return result;
}
