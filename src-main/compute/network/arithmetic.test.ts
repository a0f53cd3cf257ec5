import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hashed } from '../../../test/parity/formula.ts';
import { averagingMatrix } from './averaging.ts';
import { crossEntropy, softmax } from './softmax.ts';

/** Made by scripts/oracles/learning.py with torch.nn.CrossEntropyLoss. */
const fixture: {
  smoothing: { classes: number; weights: number[]; smoothing: number; loss: number; gradient: number[] }[];
} = JSON.parse(readFileSync(new URL('../../../test/fixtures/compute/learning.json', import.meta.url), 'utf8'));

describe('adaptive averaging', () => {
  it('leaves a grid of the wanted size alone', () => {
    const matrix = averagingMatrix(3, 3);
    for (let row = 0; row < 9; row += 1) {
      for (let column = 0; column < 9; column += 1) expect(matrix[row * 9 + column]).toBe(row === column ? 1 : 0);
    }
  });

  it('averages everything into one cell', () => {
    expect(averagingMatrix(2, 1)).toEqual(Float32Array.of(0.25, 0.25, 0.25, 0.25));
  });

  it('repeats cells where the output is larger, with shared cells averaged as torch does', () => {
    // 2 cells to 7: torch gives 0 0 0 (0+1)/2 1 1 1 along one axis.
    const matrix = averagingMatrix(2, 7);
    const firstRowOfOutputs = Array.from({ length: 7 }, (_, column) => [
      ...matrix.subarray(column * 4, column * 4 + 4),
    ]);
    expect(firstRowOfOutputs[2]).toEqual([1, 0, 0, 0]);
    expect(firstRowOfOutputs[3]).toEqual([0.5, 0.5, 0, 0]);
    expect(firstRowOfOutputs[4]).toEqual([0, 1, 0, 0]);
  });

  it('keeps the mean of every cell at one', () => {
    const matrix = averagingMatrix(16, 7);
    for (let row = 0; row < 49; row += 1) {
      const sum = matrix.subarray(row * 256, (row + 1) * 256).reduce((total, value) => total + value, 0);
      expect(sum).toBeCloseTo(1, 6);
    }
  });
});

describe('softmax and cross entropy', () => {
  it('stay finite for logits that overflow the exponential', () => {
    expect([...softmax(Float32Array.of(1000, 0), 2)]).toEqual([1, 0]);
    expect(crossEntropy(Float32Array.of(0, 1000), [0], [1, 1]).weightedSum).toBeCloseTo(1000, 6);
  });

  it('say so when the logits are not numbers', () => {
    expect(crossEntropy(Float32Array.of(NaN, 0), [0], [1, 1]).weightedSum).toBeNaN();
  });

  it('give the gradient that finite differences give', () => {
    const logits = Float32Array.of(0.3, -0.2, 0.9, 1.1, 0.4, -0.6);
    const [labels, weights] = [
      [2, 0],
      [1, 2, 3],
    ];
    const loss = (values: Float32Array) => {
      const { weightedSum, weightSum } = crossEntropy(values, labels, weights);
      return weightedSum / weightSum;
    };
    const { gradient } = crossEntropy(logits, labels, weights);
    logits.forEach((_, index) => {
      const moved = (by: number) => logits.map((value, place) => value + (place === index ? by : 0));
      expect(gradient[index]).toBeCloseTo((loss(moved(0.01)) - loss(moved(-0.01))) / 0.02, 4);
    });
  });

  it.each(fixture.smoothing)('are torch’s with class weights $weights and label smoothing $smoothing', (given) => {
    const logits = hashed(`logits ${given.classes}`, 5 * given.classes).map((value) => value * 3);
    const labels = Array.from({ length: 5 }, (_, image) => image % given.classes);
    const { weightedSum, weightSum, gradient } = crossEntropy(logits, labels, given.weights, given.smoothing);
    expect(weightedSum / weightSum).toBeCloseTo(given.loss, 6);
    gradient.forEach((value, index) => expect(value).toBeCloseTo(given.gradient[index]!, 6));
  });
});
