import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatInterval,
  formatNumber,
  formatPValue,
  formatQuantity,
} from './format.ts';

describe('numbers as text', () => {
  it('are the same on screen and paper', () => {
    expect(formatInterval({ value: 0.914, low: 0.8711, high: 0.9499 })).toBe('0.91 [0.87, 0.95]');
    expect(formatInterval({ value: 1, low: null, high: null })).toBe('1.00');
    expect(formatInterval({ value: 1, low: 1, high: 1 })).toBe('1.00 (no variance)');
    expect(formatInterval({ value: null, low: null, high: null })).toBe('–');
    expect(formatNumber(-0.001)).toBe('0.00');
    expect(formatNumber(-1.5, 1)).toBe('−1.5');
    expect(formatNumber(Number.NaN)).toBe('–');
    expect([0, 999, 1000, 1234567].map(formatCount)).toEqual(['0', '999', '1,000', '1,234,567']);
    expect([formatQuantity(1, 'patient'), formatQuantity(2, 'person', 'people')]).toEqual(['1 patient', '2 people']);
    expect([0.0004, 0.0321, 0.4567, null].map(formatPValue)).toEqual(['< 0.001', '0.032', '0.46', '–']);
    expect([0, 0.3, 42, 60, 365, 8040].map(formatDuration)).toEqual([
      '0 s',
      '< 1 s',
      '42 s',
      '1 min',
      '6 min 5 s',
      '2 h 14 min',
    ]);
    expect(formatDuration(null)).toBe('–');
    expect([512, 1536, 25_000_000_000].map(formatBytes)).toEqual(['512 bytes', '1.5 KiB', '23.3 GiB']);
  });
});
