/** Which key does what in the worklist. Pure, so that the buttons, the key sheet and the tests speak of the same thing. */
import type { ReadingMode, Verdict } from '../../../../src-shared/contract/review.ts';

export type ReviewCommand =
  | { kind: 'move'; by: 1 | -1 }
  | { kind: 'nextUnanswered' }
  | { kind: 'verdict'; verdict: Exclude<Verdict, 'relabel'> }
  /** The reader's own answer in blinded reading: the positive class, or not. */
  | { kind: 'call'; positive: boolean }
  /** The n-th class, from 0: a new label, or in blinded reading the answer. */
  | { kind: 'class'; place: number }
  /** With two classes: a new label of the other class. */
  | { kind: 'relabelOther' }
  | { kind: 'comment' }
  | { kind: 'undo' };

export interface ReviewKeyPress {
  key: string;
  code: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
}

const common: Readonly<Record<string, ReviewCommand>> = {
  j: { kind: 'move', by: 1 },
  k: { kind: 'move', by: -1 },
  v: { kind: 'nextUnanswered' },
  u: { kind: 'verdict', verdict: 'unsure' },
  q: { kind: 'verdict', verdict: 'exclude' },
  c: { kind: 'comment' },
  Backspace: { kind: 'undo' },
};

const open: Readonly<Record<string, ReviewCommand>> = {
  y: { kind: 'verdict', verdict: 'agree' },
  n: { kind: 'verdict', verdict: 'disagree' },
  b: { kind: 'relabelOther' },
};

const blinded: Readonly<Record<string, ReviewCommand>> = {
  y: { kind: 'call', positive: true },
  n: { kind: 'call', positive: false },
};

export function reviewCommandOf(press: ReviewKeyPress, mode: ReadingMode): ReviewCommand | null {
  if (press.ctrlKey || press.altKey || press.metaKey) return null;
  if (press.shiftKey) {
    // By the place of the key: with Shift, digits are other signs on every keyboard.
    const digit = /^Digit([1-9])$/.exec(press.code)?.[1];
    return digit === undefined ? null : { kind: 'class', place: Number(digit) - 1 };
  }
  return common[press.key] ?? (mode === 'blinded' ? blinded : open)[press.key] ?? null;
}
