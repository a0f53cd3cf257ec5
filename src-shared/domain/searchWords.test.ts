import { describe, expect, it } from 'vitest';
import { choiceWords, rangeWords, valueWords } from './searchWords.ts';

describe('values of a search in words', () => {
  it('are short numbers, small ones as powers of ten, names as people say them', () => {
    expect([0, 0.1, 8, 0.9, 3e-4, 0.00012345, 1e-5].map(valueWords)).toEqual([
      '0',
      '0.1',
      '8',
      '0.9',
      '3·10⁻⁴',
      '1.23·10⁻⁴',
      '1·10⁻⁵',
    ]);
    expect(valueWords('vgg19_bn')).toBe('VGG-19-BN');
    expect(valueWords(undefined)).toBe('–');
  });
  it('tell a range with its scale and a choice with its values', () => {
    expect(rangeWords({ kind: 'logUniform', low: 1e-5, high: 1e-3, points: 3 })).toBe('1·10⁻⁵ … 0.001, logarithmic');
    expect(rangeWords({ kind: 'choice', values: [4, 8, 16] })).toBe('4, 8 or 16');
    expect(choiceWords({ learningRate: 3e-4, batchSize: 8 })).toBe('learning rate 3·10⁻⁴, batch 8');
  });
});
