import { describe, expect, it } from 'vitest';
import { looksNegative } from './classes.ts';

describe('proposing the positive class', () => {
  it.each(['NonCOVID', 'non-covid', 'No ground glass', 'negative', 'Normal', 'control', '0', 'neg'])(
    '%s says an absence',
    (name) => expect(looksNegative(name)).toBe(true),
  );
  it.each(['COVID', 'positive', 'Ground glass', 'nodule', 'Pneumonia', '1', 'notched'])('%s does not', (name) =>
    expect(looksNegative(name)).toBe(false),
  );
});
