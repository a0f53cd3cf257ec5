import { effectScope } from 'vue';
import { describe, expect, it } from 'vitest';
import { pageSize, usePages } from './usePages.ts';

function harness(total: number) {
  const asked: number[] = [];
  let answer = (offset: number) => Array.from({ length: Math.min(pageSize, total - offset) }, (_, at) => offset + at);
  const scope = effectScope();
  const pages = scope.run(() =>
    usePages<number>(async ({ offset }) => {
      asked.push(offset);
      return { total, items: answer(offset) };
    }),
  )!;
  return { pages, asked, scope, setAnswer: (next: typeof answer) => (answer = next) };
}

describe('a list in pages', () => {
  it('asks only for pages in view, each once', async () => {
    const { pages, asked } = harness(1000);
    await pages.reload();
    await pages.ensure(450, 610);
    await pages.ensure(460, 600);
    expect(asked).toEqual([0, 400, 600]);
    expect(pages.rows.get(610)).toBe(610);
    expect(pages.rows.has(300)).toBe(false);
  });

  it('never asks beyond the end', async () => {
    const { pages, asked } = harness(10);
    await pages.reload();
    await pages.ensure(0, 900);
    expect(asked).toEqual([0]);
  });

  it('is read again in place where one looks, and forgets what lies far away', async () => {
    const { pages, asked, setAnswer } = harness(5000);
    await pages.reload();
    await pages.ensure(3000, 3100);
    asked.length = 0;
    setAnswer((offset) => Array.from({ length: pageSize }, (_, at) => -(offset + at)));
    const refreshing = pages.refresh();
    expect(pages.rows.get(3050)).toBe(3050);
    await refreshing;
    expect(asked).toEqual([2800, 3000, 3200, 3400, 3600]);
    expect(pages.rows.get(3050)).toBe(-3050);
    expect(pages.rows.has(0)).toBe(false);
    await pages.ensure(0, 10);
    expect(pages.rows.get(7)).toBe(-7);
  });

  it('keeps its rows until newer ones have arrived', async () => {
    const { pages, setAnswer } = harness(3);
    await pages.reload();
    setAnswer(() => [7, 8, 9]);
    const reloading = pages.reload();
    expect(pages.rows.get(0)).toBe(0);
    await reloading;
    expect(pages.rows.get(0)).toBe(7);
  });

  it('tells of a failure and asks again when wanted', async () => {
    const { pages, setAnswer } = harness(3);
    setAnswer(() => {
      throw new Error('gone');
    });
    await pages.reload();
    expect(pages.failure.value?.message).toBe('gone');
    setAnswer(() => [1]);
    await pages.reload();
    expect(pages.failure.value).toBeNull();
  });
});
