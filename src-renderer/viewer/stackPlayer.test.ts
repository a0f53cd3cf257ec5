import { describe, expect, it } from 'vitest';
import { createStackPlayer } from './stackPlayer.ts';

/** Loads that end when the test says so. */
function harness(ids: number[]) {
  const shown: number[] = [];
  const loading: number[] = [];
  const errors: number[] = [];
  const asked: number[] = [];
  const cached = new Set<number>();
  const waiting = new Map<number, { resolve(): void; reject(error: Error): void }>();
  const player = createStackPlayer(ids, {
    load: (id) => {
      asked.push(id);
      if (cached.has(id)) return Promise.resolve();
      return new Promise<void>((resolve, reject) =>
        waiting.set(id, {
          resolve: () => {
            cached.add(id);
            resolve();
          },
          reject,
        }),
      );
    },
    isCached: (id) => cached.has(id),
    show: async (index) => void shown.push(index),
    onLoading: (index) => loading.push(index),
    onShown: () => undefined,
    onError: (index) => errors.push(index),
  });
  const settle = () => new Promise((resolve) => setTimeout(resolve, 0));
  return { player, shown, loading, errors, asked, cached, waiting, settle };
}

describe('stack player', () => {
  it('skips wishes that a newer one has replaced', async () => {
    const test = harness([10, 11, 12, 13]);
    test.player.goTo(0);
    test.player.goTo(1);
    test.player.goTo(3);
    test.waiting.get(10)?.resolve();
    await test.settle();
    test.waiting.get(13)?.resolve();
    await test.settle();
    expect(test.shown).toEqual([0, 3]);
    expect(test.asked.slice(0, 2)).toEqual([10, 13]);
  });

  it('goes back at once from a slice that does not come to one that is there', async () => {
    const test = harness([10, 11, 12]);
    for (const id of [10, 11]) test.cached.add(id);
    test.player.goTo(1);
    await test.settle();
    test.player.goTo(2);
    await test.settle();
    expect(test.loading).toEqual([2]);
    test.player.goTo(0);
    await test.settle();
    expect(test.shown).toEqual([1, 0]);
    // Also to the one that stayed on the screen; what comes late, or fails late, changes nothing.
    test.player.goTo(2);
    await test.settle();
    test.player.goTo(0);
    await test.settle();
    expect(test.shown).toEqual([1, 0, 0]);
    test.waiting.get(12)?.reject(new Error('gone'));
    await test.settle();
    expect([test.player.shown(), test.errors]).toEqual([0, []]);
  });

  it('keeps within the stack', async () => {
    const test = harness([1, 2, 3]);
    for (const id of [1, 2, 3]) test.cached.add(id);
    test.player.goTo(99);
    await test.settle();
    expect(test.player.shown()).toBe(2);
    test.player.goTo(-5);
    await test.settle();
    expect(test.player.shown()).toBe(0);
  });

  it('says that it loads only for images that are not there yet', async () => {
    const test = harness([1, 2]);
    test.cached.add(1);
    test.player.goTo(0);
    await test.settle();
    expect(test.loading).toEqual([]);
  });

  it('loads neighbours ahead, at most two at a time', async () => {
    const test = harness([1, 2, 3, 4, 5, 6]);
    test.cached.add(1);
    test.player.goTo(0);
    await test.settle();
    expect(test.asked).toEqual([1, 2, 3]);
    test.waiting.get(2)?.resolve();
    await test.settle();
    expect(test.asked).toEqual([1, 2, 3, 4]);
  });

  it('tells of an image that cannot be loaded and goes on to the next wish', async () => {
    const test = harness([1, 2]);
    test.player.goTo(0);
    test.waiting.get(1)?.reject(new Error('gone'));
    await test.settle();
    expect(test.errors).toEqual([0]);
    test.cached.add(2);
    test.player.goTo(1);
    await test.settle();
    expect(test.shown).toEqual([1]);
  });

  it('shows nothing after it was closed', async () => {
    const test = harness([1]);
    test.player.goTo(0);
    test.player.close();
    test.waiting.get(1)?.resolve();
    await test.settle();
    expect(test.shown).toEqual([]);
  });
});
