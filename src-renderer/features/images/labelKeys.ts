/** Keys of labelling. Pure, so that panel, key sheet and tests speak of the same thing. */
import type { KeyPress } from '../../viewer/commands.ts';

export type LabelCommand =
  | { kind: 'class'; place: number }
  | { kind: 'clear' }
  | { kind: 'next' }
  | { kind: 'exclude' }
  | { kind: 'undo' }
  | { kind: 'redo' };

const plainKeys: Readonly<Record<string, LabelCommand>> = {
  n: { kind: 'next' },
  q: { kind: 'exclude' },
  Backspace: { kind: 'undo' },
};

/**
 * What a key means for labels; null when it means nothing. Shift and a digit name the first, second, … class, 0 none; `classKeys` are
 * the classes' own keys, in their order.
 */
export function labelCommand(
  press: KeyPress & { code: string },
  classKeys: readonly (string | null)[],
): LabelCommand | null {
  if (press.ctrlKey || press.metaKey || press.altKey) return null;
  if (press.shiftKey) {
    if (press.key === 'Backspace') return { kind: 'redo' };
    // The key's place, not its character: Shift and 1 are "!" on one keyboard and "1" on another.
    const digit = /^Digit(\d)$/.exec(press.code)?.[1];
    if (digit === undefined) return null;
    if (digit === '0') return { kind: 'clear' };
    const place = Number(digit) - 1;
    return place < classKeys.length ? { kind: 'class', place } : null;
  }
  const own = classKeys.indexOf(press.key.toLowerCase());
  if (press.key.length === 1 && own >= 0) return { kind: 'class', place: own };
  return plainKeys[press.key] ?? null;
}

/** Keys that a class cannot have, and who needs them. */
export const keysTaken: Readonly<Record<string, string>> = {
  '?': 'the key sheet',
  g: 'going to another screen',
  n: 'the next image without a label',
  q: 'excluding',
  ' ': 'playing',
};
