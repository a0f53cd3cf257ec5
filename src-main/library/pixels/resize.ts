/**
 * Bilinear resize with antialiasing, as torchvision's `resize(…, antialias=True)` and Pillow's BILINEAR do it: separable triangle
 * filter whose support grows with the reduction, so that shrinking averages over the area. Pixel centres at half integers, no
 * alignment of corners. Aspect ratio is not kept.
 */
interface Tap {
  first: number;
  weights: Float64Array;
}

/** Gray bytes `rows`×`columns` → `size`×`size`. Rounding happens once, at the end. */
export function resizeGray(gray: Uint8Array, rows: number, columns: number, height: number, width: number): Uint8Array {
  if (rows === height && columns === width) return gray.slice();
  const across = filterTaps(columns, width);
  const down = filterTaps(rows, height);
  const narrowed = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < width; column++) {
      const { first, weights } = across[column]!;
      let sum = 0;
      for (let tap = 0; tap < weights.length; tap++) sum += weights[tap]! * gray[row * columns + first + tap]!;
      narrowed[row * width + column] = sum;
    }
  }
  const result = new Uint8Array(height * width);
  const line = new Float64Array(width);
  for (let row = 0; row < height; row++) {
    const { first, weights } = down[row]!;
    line.fill(0);
    for (let tap = 0; tap < weights.length; tap++) {
      const from = (first + tap) * width;
      for (let column = 0; column < width; column++) line[column]! += weights[tap]! * narrowed[from + column]!;
    }
    for (let column = 0; column < width; column++)
      result[row * width + column] = Math.min(255, Math.max(0, Math.round(line[column]!)));
  }
  return result;
}

function filterTaps(from: number, to: number): Tap[] {
  const scale = from / to;
  const support = Math.max(1, scale);
  return Array.from({ length: to }, (_, index) => {
    const centre = (index + 0.5) * scale;
    const first = Math.max(0, Math.floor(centre - support + 0.5));
    const last = Math.min(from, Math.floor(centre + support + 0.5));
    const weights = Float64Array.from({ length: last - first }, (__, tap) =>
      Math.max(0, 1 - Math.abs((first + tap - centre + 0.5) / support)),
    );
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return { first, weights: weights.map((weight) => weight / sum) };
  });
}
