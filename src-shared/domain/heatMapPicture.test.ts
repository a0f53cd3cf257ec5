import { describe, expect, it } from 'vitest';
import { heatMapPicture, infernoColour } from './heatMapPicture.ts';

const pixel = (picture: Uint8ClampedArray, size: number, x: number, y: number) => [
  ...picture.slice((y * size + x) * 4, (y * size + x) * 4 + 4),
];

describe('the picture of a heat map', () => {
  it('runs from black to pale yellow through the colours of inferno', () => {
    expect(infernoColour(0)).toEqual([0, 0, 4]);
    expect(infernoColour(1)).toEqual([252, 255, 164]);
    // matplotlib's own colour at 0.5 is (188, 55, 84).
    infernoColour(0.5).forEach((level, channel) => expect(Math.abs(level - [188, 55, 84][channel]!)).toBeLessThan(6));
  });

  it('lies where the cells lie, strongest at the centre of the strongest', () => {
    const picture = heatMapPicture([0, 0, 0, 4], 2, 4);
    expect(pixel(picture, 8, 7, 7)).toEqual([252, 255, 164, 255]);
    expect(pixel(picture, 8, 0, 0)[3]).toBe(0);
    expect(pixel(picture, 8, 7, 0)[3]).toBe(0);
    // Half way between the centres of two cells the strength is the mean.
    expect(pixel(picture, 8, 7, 4)[3]).toBeGreaterThan(127);
    expect(pixel(picture, 8, 7, 3)[3]).toBeLessThan(128);
  });

  it('shows nothing for a map without strength, and nothing where covering raised the score', () => {
    expect(heatMapPicture([0, 0, 0, 0], 2, 2).every((level) => level === 0)).toBe(true);
    const picture = heatMapPicture([-5, -5, -5, 1], 2, 1);
    expect(pixel(picture, 2, 0, 0)[3]).toBe(0);
    expect(pixel(picture, 2, 1, 1)[3]).toBe(255);
  });

  it('covers a map of a single cell evenly', () => {
    const picture = heatMapPicture([3], 1, 2);
    for (let place = 0; place < 4; place += 1) expect(picture[place * 4 + 3]).toBe(255);
  });
});
