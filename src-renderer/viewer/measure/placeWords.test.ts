import { describe, expect, it } from 'vitest';
import { lineHeight, placeWords } from './placeWords.ts';

const pane = { width: 300, height: 300 };
const lines = ['Mean 40.0', '100.0 mm²'];
const of = (x: number, y: number, top = y - 20) => ({ lines, words: [x, y] as const, top });
const tops = (placed: readonly { words: readonly [number, number] }[]) =>
  placed.map(({ words }) => words[1] - lineHeight);

describe('words of measurements', () => {
  it('stay inside the pane', () => {
    const [one] = placeWords([of(290, 100)], pane, 0);
    expect(one!.words[0]).toBeLessThan(300 - 9 * 6);
    expect(one!.words[0]).toBeGreaterThan(200);
  });

  it('go down where others are in the way', () => {
    const [first, second] = tops(placeWords([of(50, 100), of(60, 104)], pane, 0));
    expect(first).toBe(100 - lineHeight);
    expect(second).toBe(first! + 2 * lineHeight);
  });

  it('stand above what is measured where the scale bar is below it', () => {
    const [first, second] = tops(placeWords([of(290, 260, 220), of(290, 262, 220)], pane, 54));
    expect(first).toBe(220 - 2 * lineHeight - 4);
    expect(second).toBe(first! - 2 * lineHeight);
  });

  it('stay beside what is measured where they fit there', () => {
    expect(tops(placeWords([of(150, 260, 220)], pane, 54))[0]).toBe(300 - 54 - 2 * lineHeight);
  });

  it('leave the lower edge free also where what is measured reaches into it', () => {
    const [only] = tops(placeWords([of(150, 290, 280)], pane, 54));
    expect(only! + 2 * lineHeight).toBeLessThanOrEqual(300 - 54);
  });
});
