import { describe, expect, it } from 'vitest';
import type { TrainItem } from '../../../src-shared/contract/compute.ts';
import { epochOrder } from './order.ts';

const items: TrainItem[] = Array.from({ length: 13 }, (_, index) => ({
  index,
  label: index < 10 ? 0 : 1,
  set: 'training' as const,
}));

const places = (label: number, epoch: number) =>
  epochOrder(items, { seed: 4, sampling: 'balanced' }, epoch).filter((item) => item.label === label);

describe('the order of an epoch', () => {
  it('has every image once when it is shuffled, in another order each epoch, the same for the same seed', () => {
    const order = (epoch: number, seed = 4) =>
      epochOrder(items, { seed, sampling: 'shuffled' }, epoch).map((item) => item.index);
    expect([...order(1)].sort((a, b) => a - b)).toEqual(items.map((item) => item.index));
    expect(order(1)).toEqual(order(1));
    expect(order(1)).not.toEqual(order(2));
    expect(order(1)).not.toEqual(order(1, 5));
  });

  it('has as many images of each class when it is balanced, and as many places as before', () => {
    expect([places(0, 1).length, places(1, 1).length]).toEqual([6, 7]);
  });

  it('takes each image of a small class equally often, give or take one, and counts the repeats', () => {
    const counts = [10, 11, 12].map((index) => places(1, 1).filter((item) => item.index === index));
    expect(counts.map((drawn) => drawn.length).sort()).toEqual([2, 2, 3]);
    for (const drawn of counts) {
      expect(drawn.map((item) => item.repeat).sort()).toEqual(Array.from(drawn, (_, place) => place));
    }
  });

  it('takes no image of a large class twice, and others in each epoch', () => {
    expect(new Set(places(0, 1).map((item) => item.index)).size).toBe(6);
    const seen = [1, 2, 3, 4, 5, 6].flatMap((epoch) => places(0, epoch).map((item) => item.index));
    expect(new Set(seen).size).toBe(10);
  });
});
