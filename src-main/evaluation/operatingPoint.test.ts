import { expect, it } from 'vitest';
import { computeMetrics } from './computeMetrics.ts';
import { chooseThreshold } from './operatingPoint.ts';
import { tableFromRows } from './table.ts';

const table = tableFromRows([
  { label: 1, probability: 0.9 },
  { label: 1, probability: 0.8 },
  { label: 0, probability: 0.7 },
  { label: 1, probability: 0.6 },
  { label: 1, probability: 0.5 },
  { label: 0, probability: 0.4 },
  { label: 0, probability: 0.3 },
  { label: 0, probability: 0.2 },
]);

it('Youden’s J: the highest threshold among equals', () => {
  expect(chooseThreshold(table, 'youden')).toEqual({ kind: 'chosen', threshold: 0.5 });
  const tied = tableFromRows([
    { label: 1, probability: 0.9 },
    { label: 0, probability: 0.6 },
    { label: 1, probability: 0.3 },
    { label: 0, probability: 0.1 },
  ]);
  expect(chooseThreshold(tied, 'youden')).toEqual({ kind: 'chosen', threshold: 0.9 });
});

it('sensitivity ≥ S: the highest specificity, then the highest sensitivity', () => {
  expect(chooseThreshold(table, 'sensitivity>=0.25')).toEqual({ kind: 'chosen', threshold: 0.8 });
  expect(chooseThreshold(table, 'sensitivity>=0.75')).toEqual({ kind: 'chosen', threshold: 0.5 });
  expect(chooseThreshold(table, 'sensitivity>=1')).toEqual({ kind: 'chosen', threshold: 0.5 });
  expect(chooseThreshold(table, 'sensitivity>=1.2').kind).toBe('impossible');
});

it('says in words why the figures deserve care', () => {
  const { warnings } = computeMetrics(table, {
    set: 'validation',
    positiveClass: 'COVID',
    operatingPoint: { threshold: 0.95, rule: 'youden', chosenOn: 'validation' },
  });
  expect(warnings).toContain('Only 4 positive images: the interval of sensitivity is wide.');
  expect(warnings).toContain(
    'The threshold was chosen on the same images: sensitivity, specificity and accuracy are optimistic here.',
  );
  expect(warnings).toContain(
    'No image was called positive: the positive predictive value has no value (denominator 0).',
  );
});

it('an empty table has no figure, no NaN and one warning', () => {
  const document = computeMetrics(tableFromRows([]), {
    set: null,
    positiveClass: '1',
    operatingPoint: { threshold: 0.5, rule: 'fixed', chosenOn: 'none' },
  });
  expect(JSON.stringify(document)).not.toContain('NaN');
  expect(document.accuracy.value).toBeNull();
  expect(document.warnings).toEqual(['There is no image: no figure could be computed.']);
});
