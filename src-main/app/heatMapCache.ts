import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { HeatMapMethod } from '../../src-shared/contract/heatmaps.ts';
import type { ModelCard } from '../../src-shared/contract/training.ts';
import { writeFileAtomic } from '../platform/files.ts';

/** What a heat map depends on: the model, the pixels it was shown, the class and the method. */
export interface HeatMapKey {
  card: ModelCard;
  image: { fileSha256: string; frame: number };
  class: number;
  method: HeatMapMethod;
}

export interface KeptMap {
  score: number;
  values: Float32Array<ArrayBuffer>;
}

/** Raised when maps are made in another way, so that old ones are not taken for new ones. */
const version = 2;

/** Heat maps on the disk, one small file each: the score and then the map's values, float32, little-endian. */
export function createHeatMapCache(directory: string) {
  const pathOf = ({ card, image, ...rest }: HeatMapKey): string => {
    const parts = [version, card.weightsSha256, card.preprocessing, image.fileSha256, image.frame];
    const name = createHash('sha256')
      .update(JSON.stringify([...parts, rest.class, rest.method]))
      .digest('hex');
    return join(directory, name.slice(0, 2), `${name}.f32`);
  };

  return {
    /** Null where the map has not been made, or its file is not whole. */
    async read(key: HeatMapKey, edge: number): Promise<KeptMap | null> {
      const bytes = await readFile(pathOf(key)).catch(() => null);
      if (bytes?.length !== 4 * (edge * edge + 1)) return null;
      const values = Float32Array.from({ length: edge * edge + 1 }, (_, place) => bytes.readFloatLE(place * 4));
      return { score: values[0]!, values: values.slice(1) };
    },
    async write(key: HeatMapKey, { score, values }: KeptMap): Promise<void> {
      const path = pathOf(key);
      const bytes = Buffer.alloc(4 * (values.length + 1));
      bytes.writeFloatLE(score);
      values.forEach((value, place) => bytes.writeFloatLE(value, 4 * (place + 1)));
      await mkdir(dirname(path), { recursive: true });
      await writeFileAtomic(path, bytes);
    },
  };
}
