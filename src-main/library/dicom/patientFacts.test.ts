import { describe, expect, it } from 'vitest';
import { age, date, personName } from './patientFacts.ts';

describe('what stands over the picture of a patient', () => {
  it('is the name in one script, family first', () => {
    expect(personName('Meier^Anna^Maria^Dr.')).toBe('Meier, Anna Maria');
    expect(personName('Yamada^Tarou=山田^太郎=やまだ^たろう')).toBe('Yamada, Tarou');
    expect(personName('Anonymous')).toBe('Anonymous');
    expect(personName('^^')).toBeNull();
    expect(personName(null)).toBeNull();
  });
  it('is a date with dashes, and what is no date as it stands', () => {
    expect(date('19600102')).toBe('1960-01-02');
    expect(date('1960')).toBe('1960');
    expect(date(null)).toBeNull();
  });
  it('is an age with its unit', () => {
    expect(age('045Y')).toBe('45 y');
    expect(age('003M')).toBe('3 m');
    expect(age(null)).toBeNull();
  });
});
