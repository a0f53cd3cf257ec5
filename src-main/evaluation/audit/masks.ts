/** Body and lung in one gray picture, by threshold, connected components and filling of holes. Rough on purpose: it need not outline, only tell inside from outside. */

export interface RegionMasks {
  /** 1 inside the body, lungs and other hollows included; `size × size`, row-major. */
  body: Uint8Array;
  /** 1 in air-filled regions enclosed by the body; null where there is no such region large enough. */
  lung: Uint8Array | null;
}

/** Shares of the picture: a smaller body, or a smaller sum of lung regions, is taken for not found. */
const leastBody = 0.05;
const leastLung = 0.02;
/** Air regions smaller than this share are bowel gas, trachea or noise. */
const leastRegion = 0.005;

/**
 * @param gray `size × size` bytes, row-major, tissue brighter than air
 * @param threshold tissue is brighter than this; null finds it (Otsu 1979)
 * @returns null where nothing like a body is there
 */
export function findBodyAndLung(gray: Uint8Array, size: number, threshold: number | null): RegionMasks | null {
  const cut = threshold ?? otsuThreshold(gray);
  const tissue = Uint8Array.from(gray, (value) => (value > cut ? 1 : 0));
  const parts = labelComponents(tissue, size);
  const largest = parts.areas.reduce((best, area, part) => (area > parts.areas[best]! ? part : best), 0);
  if (parts.areas.length === 0) return null;
  const shell = Uint8Array.from(parts.labels, (label) => (label === largest + 1 ? 1 : 0));
  const body = fillHoles(shell, size);
  if (sum(body) < leastBody * body.length) return null;
  const air = Uint8Array.from(body, (inside, pixel) => (inside === 1 && tissue[pixel] === 0 ? 1 : 0));
  const regions = labelComponents(air, size);
  const large = regions.areas.map((area) => area >= leastRegion * body.length);
  const lung = Uint8Array.from(regions.labels, (label) => (label > 0 && large[label - 1] ? 1 : 0));
  return { body, lung: sum(lung) < leastLung * lung.length ? null : lung };
}

/** The gray level that divides the histogram with the greatest variance between the two parts; brighter is foreground. Otsu 1979. */
export function otsuThreshold(gray: Uint8Array): number {
  const histogram = new Float64Array(256);
  for (const value of gray) histogram[value]! += 1;
  const total = gray.length;
  const whole = histogram.reduce((all, count, value) => all + count * value, 0);
  let below = 0;
  let sumBelow = 0;
  let best = 0;
  let greatest = -1;
  for (let level = 0; level < 256; level += 1) {
    below += histogram[level]!;
    sumBelow += histogram[level]! * level;
    if (below === 0 || below === total) continue;
    const difference = sumBelow / below - (whole - sumBelow) / (total - below);
    const between = below * (total - below) * difference * difference;
    if (between > greatest) [best, greatest] = [level, between];
  }
  return best;
}

/** Components that touch at an edge (four neighbours), numbered from 1 in the order of their first pixel; 0 is background. */
export function labelComponents(mask: Uint8Array, size: number): { labels: Int32Array; areas: number[] } {
  const labels = new Int32Array(mask.length);
  const areas: number[] = [];
  const stack = new Int32Array(mask.length);
  for (let start = 0; start < mask.length; start += 1) {
    if (mask[start] === 0 || labels[start] !== 0) continue;
    const label = areas.length + 1;
    let area = 0;
    let height = 0;
    stack[height++] = start;
    labels[start] = label;
    while (height > 0) {
      const pixel = stack[--height]!;
      area += 1;
      for (const next of neighbours(pixel, size)) {
        if (next < 0 || mask[next] === 0 || labels[next] !== 0) continue;
        labels[next] = label;
        stack[height++] = next;
      }
    }
    areas.push(area);
  }
  return { labels, areas };
}

/** Background that does not reach the picture's border becomes foreground. */
export function fillHoles(mask: Uint8Array, size: number): Uint8Array {
  const background = labelComponents(
    Uint8Array.from(mask, (value) => 1 - value),
    size,
  );
  const outside = new Uint8Array(background.areas.length + 1);
  for (let place = 0; place < size; place += 1) {
    for (const pixel of [place, (size - 1) * size + place, place * size, place * size + size - 1]) {
      outside[background.labels[pixel]!] = 1;
    }
  }
  return Uint8Array.from(mask, (value, pixel) => (value === 1 || outside[background.labels[pixel]!] === 0 ? 1 : 0));
}

/** Left, right, up, down; −1 beyond the picture. */
function neighbours(pixel: number, size: number): readonly [number, number, number, number] {
  const column = pixel % size;
  return [
    column > 0 ? pixel - 1 : -1,
    column + 1 < size ? pixel + 1 : -1,
    pixel >= size ? pixel - size : -1,
    pixel + size < size * size ? pixel + size : -1,
  ];
}

function sum(mask: Uint8Array): number {
  let total = 0;
  for (const value of mask) total += value;
  return total;
}
