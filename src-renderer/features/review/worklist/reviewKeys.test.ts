import { describe, expect, it } from 'vitest';
import { conflictsOf, keyMap } from '../../../viewer/commands.ts';
import { reviewCommandOf, type ReviewKeyPress } from './reviewKeys.ts';

const press = (key: string, more: Partial<ReviewKeyPress> = {}): ReviewKeyPress => ({
  key,
  code: '',
  shiftKey: false,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  ...more,
});

describe('keys of the worklist', () => {
  it('agrees and disagrees in open reading, and names a class in blinded reading', () => {
    expect(reviewCommandOf(press('y'), 'open')).toEqual({ kind: 'verdict', verdict: 'agree' });
    expect(reviewCommandOf(press('n'), 'adjudicate')).toEqual({ kind: 'verdict', verdict: 'disagree' });
    expect(reviewCommandOf(press('y'), 'blinded')).toEqual({ kind: 'call', positive: true });
    expect(reviewCommandOf(press('n'), 'blinded')).toEqual({ kind: 'call', positive: false });
  });

  it('gives no new label by one key while the label is hidden', () => {
    expect(reviewCommandOf(press('b'), 'open')).toEqual({ kind: 'relabelOther' });
    expect(reviewCommandOf(press('b'), 'blinded')).toBeNull();
  });

  it('takes classes by the place of the digit, whatever sign Shift makes of it', () => {
    expect(reviewCommandOf(press('"', { code: 'Digit2', shiftKey: true }), 'open')).toEqual({
      kind: 'class',
      place: 1,
    });
    expect(reviewCommandOf(press('2', { code: 'Digit2' }), 'open')).toBeNull();
  });

  it('leaves shortcuts of system and browser alone', () => {
    expect(reviewCommandOf(press('c', { ctrlKey: true }), 'open')).toBeNull();
    expect(reviewCommandOf(press('j', { metaKey: true }), 'open')).toBeNull();
  });

  it('takes no key of the viewer but those for the next and previous case', () => {
    const letters = [...'abcdefghijklmnopqrstuvwxyz', 'Backspace', 'Enter'];
    const both = letters.filter((key) => reviewCommandOf(press(key), 'open') !== null && keyMap({}).has(key));
    expect(both.filter((key) => key !== 'k' && key !== 'j')).toEqual([]);
  });

  it('names its keys when somebody gives one of them to a command of the viewer', () => {
    const letters = [...'abcdefghijlmnopqrstuvwxyz', 'Backspace'];
    const taken = letters.filter((key) => reviewCommandOf(press(key), 'open') !== null);
    expect(taken.length).toBeGreaterThan(5);
    for (const key of taken) expect(conflictsOf(key, 'invert', {}).join(), key).toMatch(/Review/);
  });
});
