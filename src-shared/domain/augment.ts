import type { Augmentation } from '../contract/training.ts';

/** Where the changes are drawn from. */
interface Random {
  /** 0 ≤ value < 1. */
  uniform(): number;
  /** Whole number, 0 ≤ value < limit. */
  below(limit: number): number;
}

/** Part of an image in pixels; may lie between pixels. */
interface Region {
  left: number;
  top: number;
  width: number;
  height: number;
}

/**
 * Draws the changes to one training image and applies them: random resized crop, mirroring, brightness, contrast.
 *
 * @param pixels gray levels, row-major, size² values 0 … 255
 * @returns gray levels 0 … 255, no longer whole numbers
 */
export function augment(pixels: Uint8Array, size: number, augmentation: Augmentation, random: Random): Float32Array {
  const region = augmentation.cropScale < 1 ? drawRegion(size, augmentation.cropScale, random) : null;
  const mirrored = augmentation.flip && random.uniform() < 0.5;
  const result = resample(pixels, size, region ?? { left: 0, top: 0, width: size, height: size }, mirrored);
  if (augmentation.brightness > 0) {
    const factor = 1 + (2 * random.uniform() - 1) * augmentation.brightness;
    for (let index = 0; index < result.length; index += 1) result[index] = clamp(result[index]! * factor);
  }
  if (augmentation.contrast > 0) {
    const factor = 1 + (2 * random.uniform() - 1) * augmentation.contrast;
    const mean = result.reduce((sum, value) => sum + value, 0) / result.length;
    for (let index = 0; index < result.length; index += 1) {
      result[index] = clamp((result[index]! - mean) * factor + mean);
    }
  }
  return result;
}

/** As torchvision's RandomResizedCrop: ten tries of an area and an aspect ratio (3/4 … 4/3, uniform in the logarithm), else the whole. */
export function drawRegion(size: number, leastShare: number, random: Random): Region {
  for (let attempt = 0; attempt < 10; attempt += 1) {
    const area = size * size * (leastShare + (1 - leastShare) * random.uniform());
    const aspect = Math.exp(Math.log(3 / 4) + (Math.log(4 / 3) - Math.log(3 / 4)) * random.uniform());
    const width = Math.round(Math.sqrt(area * aspect));
    const height = Math.round(Math.sqrt(area / aspect));
    if (width > size || height > size || width < 1 || height < 1) continue;
    return { width, height, left: random.below(size - width + 1), top: random.below(size - height + 1) };
  }
  return { left: 0, top: 0, width: size, height: size };
}

/** Bilinear, pixel centres at halves, edges repeated. */
function resample(pixels: Uint8Array, size: number, region: Region, mirrored: boolean): Float32Array {
  const result = new Float32Array(size * size);
  const columns = sampling(size, region.left, region.width);
  const rows = sampling(size, region.top, region.height);
  for (let y = 0; y < size; y += 1) {
    const { low: above, high: below, share: down } = rows[y]!;
    for (let x = 0; x < size; x += 1) {
      const { low: left, high: right, share: across } = columns[mirrored ? size - 1 - x : x]!;
      const upper = pixels[above * size + left]! * (1 - across) + pixels[above * size + right]! * across;
      const lower = pixels[below * size + left]! * (1 - across) + pixels[below * size + right]! * across;
      result[y * size + x] = upper * (1 - down) + lower * down;
    }
  }
  return result;
}

function sampling(size: number, start: number, extent: number): { low: number; high: number; share: number }[] {
  return Array.from({ length: size }, (_, index) => {
    const place = Math.min(Math.max(((index + 0.5) * extent) / size - 0.5, 0), extent - 1);
    const low = Math.floor(place);
    return { low: start + low, high: start + Math.min(low + 1, extent - 1), share: place - low };
  });
}

function clamp(level: number): number {
  return level < 0 ? 0 : level > 255 ? 255 : level;
}

/** Left and right exchanged. */
export function mirror(pixels: Uint8Array, size: number): Uint8Array {
  const result = new Uint8Array(pixels.length);
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      result[row * size + column] = pixels[row * size + size - 1 - column]!;
    }
  }
  return result;
}
