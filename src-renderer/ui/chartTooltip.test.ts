import { describe, expect, it } from 'vitest';
import { tooltipLines } from './chartTooltip.ts';

describe('chart tooltip', () => {
  it('speaks of named curves that have a value there', () => {
    const lines = tooltipLines([
      { seriesName: 'series\u00000', value: [0, 0], color: '#fff' },
      { seriesName: 'Validation', value: [2, 0.5], color: '#e69f00' },
      { seriesName: 'Training', value: [2, null], color: '#56b4e9' },
    ]);
    expect(lines).toEqual([{ name: 'Validation', color: '#e69f00', x: 2, y: 0.5 }]);
  });
});
