/** The small gray picture by which images are compared: 64×64 bytes, row-major, the whole image squeezed into the square. */
export type SmallPicture = Uint8Array;
export const smallEdge = 64;

/** A part of a picture in shares of its width and height. */
export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** `edge`×`edge` gray values 0 … 255 of a part, row-major, mirrored left to right where asked. Bilinear, averaging where it shrinks. */
export function cropOf(picture: SmallPicture, box: Box, edge: number, mirrored = false): Float32Array {
  const across = taps(box.left * smallEdge, box.width * smallEdge, edge);
  const down = taps(box.top * smallEdge, box.height * smallEdge, edge);
  const narrowed = new Float32Array(smallEdge * edge);
  for (let row = 0; row < smallEdge; row++) {
    for (let column = 0; column < edge; column++) {
      const { first, weights } = across[mirrored ? edge - 1 - column : column]!;
      let sum = 0;
      for (let tap = 0; tap < weights.length; tap++) sum += weights[tap]! * picture[row * smallEdge + first + tap]!;
      narrowed[row * edge + column] = sum;
    }
  }
  const result = new Float32Array(edge * edge);
  for (let row = 0; row < edge; row++) {
    const { first, weights } = down[row]!;
    for (let tap = 0; tap < weights.length; tap++) {
      const weight = weights[tap]!;
      const from = (first + tap) * edge;
      for (let column = 0; column < edge; column++) result[row * edge + column]! += weight * narrowed[from + column]!;
    }
  }
  return result;
}

interface Tap {
  first: number;
  weights: Float32Array;
}

/** Triangle filter of `edge` samples over `length` pixels from `start`; its support grows where it shrinks. */
function taps(start: number, length: number, edge: number): Tap[] {
  const scale = length / edge;
  const support = Math.max(1, scale);
  return Array.from({ length: edge }, (_, index) => {
    const centre = start + (index + 0.5) * scale;
    const first = Math.max(0, Math.floor(centre - support + 0.5));
    const last = Math.max(first + 1, Math.min(smallEdge, Math.floor(centre + support + 0.5)));
    const weights = Float32Array.from({ length: last - first }, (__, tap) =>
      Math.max(1e-6, 1 - Math.abs((first + tap - centre + 0.5) / support)),
    );
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return { first, weights: weights.map((weight) => weight / sum) };
  });
}
