/**
 * matplotlib's inferno (Smith & van der Walt, CC0), every fifteenth of its 256 colours; between them the difference to the
 * original is at most five levels of 255.
 */
const inferno = [
  [0x00, 0x00, 0x04],
  [0x0a, 0x07, 0x22],
  [0x1e, 0x0c, 0x45],
  [0x38, 0x09, 0x62],
  [0x51, 0x0e, 0x6c],
  [0x69, 0x16, 0x6e],
  [0x80, 0x1f, 0x6c],
  [0x98, 0x27, 0x66],
  [0xb0, 0x31, 0x5b],
  [0xc6, 0x3d, 0x4d],
  [0xd9, 0x4d, 0x3d],
  [0xe9, 0x61, 0x2b],
  [0xf4, 0x79, 0x18],
  [0xfa, 0x94, 0x07],
  [0xfc, 0xb0, 0x14],
  [0xf8, 0xcd, 0x37],
  [0xf2, 0xea, 0x69],
  [0xfc, 0xff, 0xa4],
] as const;

/** Colour of a strength 0 … 1, as levels 0 … 255. */
export function infernoColour(strength: number): [red: number, green: number, blue: number] {
  const place = Math.min(1, Math.max(0, strength)) * (inferno.length - 1);
  const low = Math.min(Math.floor(place), inferno.length - 2);
  const share = place - low;
  const mix = (channel: 0 | 1 | 2) =>
    Math.round(inferno[low]![channel] * (1 - share) + inferno[low + 1]![channel] * share);
  return [mix(0), mix(1), mix(2)];
}

/**
 * A heat map as a picture to lay over the image: inferno, with opacity by strength. Strength is the value over the map's
 * largest; values below 0 (occlusion: where covering raised the score) have none. Between the cells' centres it is bilinear.
 *
 * @param values `edge × edge`, row-major
 * @returns RGBA bytes, `edge · scale` pixels a side
 */
export function heatMapPicture(values: ArrayLike<number>, edge: number, scale: number): Uint8ClampedArray<ArrayBuffer> {
  let largest = 0;
  for (let index = 0; index < values.length; index += 1) largest = Math.max(largest, values[index]!);
  const size = edge * scale;
  const picture = new Uint8ClampedArray(size * size * 4);
  if (largest === 0) return picture;
  const strengthAt = (row: number, column: number) => Math.max(0, values[row * edge + column]!) / largest;
  const places = Array.from({ length: size }, (_, pixel) => {
    const place = Math.min(edge - 1, Math.max(0, (pixel + 0.5) / scale - 0.5));
    const low = Math.min(Math.floor(place), Math.max(0, edge - 2));
    return { low, high: Math.min(low + 1, edge - 1), share: place - low };
  });
  places.forEach((down, y) =>
    places.forEach((across, x) => {
      const upper =
        strengthAt(down.low, across.low) * (1 - across.share) + strengthAt(down.low, across.high) * across.share;
      const lower =
        strengthAt(down.high, across.low) * (1 - across.share) + strengthAt(down.high, across.high) * across.share;
      const strength = upper * (1 - down.share) + lower * down.share;
      picture.set([...infernoColour(strength), Math.round(255 * strength)], (y * size + x) * 4);
    }),
  );
  return picture;
}
