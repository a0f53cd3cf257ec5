import type { TrainItem } from '../../../src-shared/contract/compute.ts';
import type { RunConfiguration } from '../../../src-shared/contract/training.ts';
import { createRandom, shuffled, type Random } from '../data/random.ts';

/** One place in an epoch's order. */
export interface DrawnItem extends TrainItem {
  /** How often the image came before in the same epoch; each time it is changed anew. */
  repeat: number;
}

/** The order of one epoch follows from seed and epoch alone; it has as many places as there are training images. */
export function epochOrder(
  items: readonly TrainItem[],
  { seed, sampling }: Pick<RunConfiguration, 'seed' | 'sampling'>,
  epoch: number,
): DrawnItem[] {
  const random = createRandom(seed, `order ${epoch}`);
  if (sampling === 'shuffled') return shuffled(items, random).map((item) => ({ ...item, repeat: 0 }));
  return shuffled(drawEvenly(items, random), random);
}

/**
 * As many places for each class, or one more for some of them. A class goes through all of its images before one comes again, so
 * that a large class gives other images in each epoch and a small one all of its images equally often.
 */
function drawEvenly(items: readonly TrainItem[], random: Random): DrawnItem[] {
  const labels = [...new Set(items.map((item) => item.label))].sort((first, second) => first - second);
  return labels.flatMap((label, place) => {
    const own = items.filter((item) => item.label === label);
    const places =
      Math.floor(((place + 1) * items.length) / labels.length) - Math.floor((place * items.length) / labels.length);
    const drawn: DrawnItem[] = [];
    for (let repeat = 0; drawn.length < places; repeat += 1) {
      drawn.push(...shuffled(own, random).map((item) => ({ ...item, repeat })));
    }
    return drawn.slice(0, places);
  });
}
