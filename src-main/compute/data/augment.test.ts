import { describe, expect, it } from 'vitest';
import { augment, drawRegion, mirror } from '../../../src-shared/domain/augment.ts';
import { createRandom, shuffled } from './random.ts';

const size = 16;
const ramp = Uint8Array.from({ length: size * size }, (_, place) => (place % size) * 10);
const none = { flip: false, cropScale: 1, brightness: 0, contrast: 0 };

describe('augmentation', () => {
  it('leaves the image alone when everything is off', () => {
    expect(augment(ramp, size, none, createRandom(1, 'test'))).toEqual(Float32Array.from(ramp));
  });

  it('mirrors about half of the images and nothing else', () => {
    const random = createRandom(1, 'test');
    const mirrored = Float32Array.from(mirror(ramp, size));
    const results = Array.from({ length: 200 }, () => augment(ramp, size, { ...none, flip: true }, random));
    const count = results.filter((result) => result.every((value, place) => value === mirrored[place])).length;
    expect(count).toBeGreaterThan(70);
    expect(count).toBeLessThan(130);
    expect(results.every((result) => result[0] === 0 || result[0] === 150)).toBe(true);
  });

  it('keeps crops inside the image, their area and their aspect within bounds', () => {
    const random = createRandom(2, 'test');
    for (let round = 0; round < 500; round += 1) {
      const { left, top, width, height } = drawRegion(224, 0.5, random);
      expect(left + width).toBeLessThanOrEqual(224);
      expect(top + height).toBeLessThanOrEqual(224);
      expect((width * height) / 224 ** 2).toBeGreaterThan(0.49);
      expect(width / height).toBeGreaterThan(0.74);
      expect(width / height).toBeLessThan(1.35);
    }
  });

  it('keeps gray levels within 0 … 255', () => {
    const random = createRandom(3, 'test');
    const strong = { flip: true, cropScale: 0.3, brightness: 0.9, contrast: 0.9 };
    for (let round = 0; round < 50; round += 1) {
      for (const value of augment(ramp, size, strong, random)) {
        expect(value >= 0 && value <= 255).toBe(true);
      }
    }
  });
});

describe('random numbers', () => {
  it('repeat for a seed and differ between seeds and purposes', () => {
    const draw = (seed: number, purpose: string) => {
      const random = createRandom(seed, purpose);
      return Array.from({ length: 5 }, () => random.uniform());
    };
    expect(draw(1, 'a')).toEqual(draw(1, 'a'));
    expect(draw(1, 'a')).not.toEqual(draw(2, 'a'));
    expect(draw(1, 'a')).not.toEqual(draw(1, 'b'));
  });

  it('have the moments of their distribution', () => {
    const random = createRandom(4, 'moments');
    const values = Array.from({ length: 400_000 }, () => random.normal());
    const moment = (power: number) => values.reduce((sum, value) => sum + value ** power, 0) / values.length;
    expect(Math.abs(moment(1))).toBeLessThan(0.01);
    expect(Math.abs(moment(2) - 1)).toBeLessThan(0.015);
    expect(Math.abs(moment(3))).toBeLessThan(0.04);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.1);
    // The share beyond 3.5 standard deviations, most of it from the separately drawn tail, is 4.65e-4.
    const beyond = values.filter((value) => Math.abs(value) > 3.5).length / values.length;
    expect(Math.abs(beyond - 4.65e-4)).toBeLessThan(1.2e-4);
  });

  it('shuffle without losing anything', () => {
    const items = Array.from({ length: 50 }, (_, index) => index);
    const result = shuffled(items, createRandom(1, 'order'));
    expect(result).not.toEqual(items);
    expect([...result].sort((a, b) => a - b)).toEqual(items);
  });
});
