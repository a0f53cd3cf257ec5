import { describe, expect, it } from 'vitest';
import { noMarks } from '../../src-shared/contract/predictionMarks.ts';
import { hasMarks, marksFromQuery, marksToQuery, marksWords } from './predictionMarks.ts';

const marks = {
  outcome: 'fn',
  label: 'COVID',
  called: 'Normal',
  probability: { from: 0.3, to: 0.4 },
  group: { attribute: 'Scanner', level: 'GE & Co = 1' },
  patient: 'P0001',
  against: { run: 'run-2', right: 'only-other' },
} as const;

describe('marks in an address', () => {
  it('come back as they were put in', () => {
    expect(marksFromQuery({ ...marksToQuery(marks) } as Record<string, string>)).toEqual(marks);
    expect(marksFromQuery({})).toEqual(noMarks);
    expect(hasMarks(marksFromQuery({}))).toBe(false);
  });

  it('are left out where they make no sense', () => {
    const nonsense = { outcome: 'maybe', from: 'x', to: '0.4', attribute: 'Scanner', against: 'run-2', right: 'never' };
    expect(marksFromQuery(nonsense)).toEqual(noMarks);
    expect(marksFromQuery({ from: '0.2', to: '7' }).probability).toBeNull();
  });

  it('are said in words', () => {
    expect(marksWords(marks)).toEqual([
      'reference COVID',
      'called Normal',
      'probability 0.300 to 0.400',
      'Scanner: GE & Co = 1',
      'patient P0001',
      'only the other run is right (against run 2)',
    ]);
    expect(marksWords({ ...noMarks, probability: { from: 0.9, to: 1 } })).toEqual(['probability ≥ 0.900']);
  });
});
