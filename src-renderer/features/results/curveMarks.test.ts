import { describe, expect, it } from 'vitest';
import { binOf, marksOfBin, marksOfPoint, nearestPlace, spreadPlaces } from './curveMarks.ts';

const curve = [{ threshold: null }, { threshold: 0.9 }, { threshold: 0.6 }, { threshold: 0.2 }];
const bins = [0, 1].map((place) => ({
  low: place / 2,
  high: (place + 1) / 2,
  n: 3,
  meanProbability: 0.3,
  observed: 0.2,
}));

describe('the images behind a place on a chart', () => {
  it('a pointer finds the nearest point of the curve, or nothing when it is far', () => {
    const points = [
      [0, 0],
      [0.2, 0.8],
      [1, 1],
    ] as const;
    expect(nearestPlace(points, [0.22, 0.81])).toBe(1);
    expect(nearestPlace(points, [0.6, 0.2])).toBeNull();
    expect(nearestPlace(points, [0.6, 0.2], 2)).not.toBeNull();
  });

  it('a point of a curve stands for the scores from its threshold up to the next higher one', () => {
    expect(marksOfPoint(curve, 2)).toEqual({ probability: { from: 0.6, to: 0.9 } });
    expect(marksOfPoint(curve, 1)).toEqual({ probability: { from: 0.9, to: 1 } });
    expect(marksOfPoint(curve, 0)).toEqual(marksOfPoint(curve, 1));
    expect(marksOfPoint([], 0)).toBeNull();
  });

  it('a bin stands for its probabilities', () => {
    expect(binOf(bins, 0.5)).toBe(bins[1]);
    expect(binOf(bins, 1)).toBe(bins[1]);
    expect(marksOfBin(bins[0]!, 'COVID')).toEqual({ probability: { from: 0, to: 0.5 }, label: 'COVID' });
  });

  it('a long curve is listed by some of its points, both ends among them', () => {
    const long = Array.from({ length: 1000 }, (_unused, place) => ({
      threshold: place === 0 ? null : 1 - place / 1000,
    }));
    const places = spreadPlaces(long, 20);
    expect(places).toHaveLength(20);
    expect([places[0], places.at(-1)]).toEqual([1, 999]);
    expect(spreadPlaces(curve, 20)).toEqual([1, 2, 3]);
  });
});
