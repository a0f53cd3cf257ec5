/** Windows that every CT reader expects, in HU. */
import type { FrameFacts } from '../../src-shared/contract/library.ts';
import type { Window } from '../../src-shared/contract/vocabulary.ts';

export interface WindowPreset {
  key: string;
  words: string;
  window: Window;
}

export const presets: readonly WindowPreset[] = [
  { key: '1', words: 'Lung', window: { level: -600, width: 1500 } },
  { key: '2', words: 'Mediastinum', window: { level: 50, width: 350 } },
  { key: '3', words: 'Soft tissue', window: { level: 40, width: 400 } },
  { key: '4', words: 'Bone', window: { level: 480, width: 2500 } },
  { key: '5', words: 'Liver', window: { level: 90, width: 150 } },
  { key: '6', words: 'Brain', window: { level: 40, width: 80 } },
];

/** A file's own window may ask for another function than the linear one (PS3.3 C.11.2.1.3). */
export type VoiFunction = 'LINEAR' | 'LINEAR_EXACT' | 'SIGMOID';

/** The function with which a window is drawn: the file's own as long as its window is the one in force; else linear. */
export function functionOf(facts: FrameFacts, window: Window): VoiFunction {
  const own = facts.windows.find(({ level, width }) => level === window.level && width === window.width);
  return own?.function ?? 'LINEAR';
}

/** The file's own first window; else lung for HU, all gray levels for pictures, the whole range for anything else. */
export function defaultWindow(facts: FrameFacts): Window {
  const own = facts.windows[0];
  if (own) return { level: own.level, width: own.width };
  if (facts.units === 'HU') return { level: -600, width: 1500 };
  if (facts.type === 'uint8') return { level: 128, width: 256 };
  const width = Math.max(1, facts.maximum - facts.minimum + 1);
  return { level: facts.minimum + width / 2, width };
}

/** Bounds of a window as DICOM PS3.3 C.11.2.1.2 (linear) defines them: values at or below `lower` are black. */
export function windowBounds(window: Window): { lower: number; upper: number } {
  return {
    lower: window.level - 0.5 - (window.width - 1) / 2,
    upper: window.level - 0.5 + (window.width - 1) / 2,
  };
}

/** The window whose bounds these are. */
export function windowOfBounds(bounds: { lower: number; upper: number }): Window {
  return { level: (bounds.lower + bounds.upper + 1) / 2, width: Math.max(1, bounds.upper - bounds.lower + 1) };
}

/** Name of the preset that a window is, if it is one. */
export function presetOf(window: Window): WindowPreset | null {
  return (
    presets.find(
      (one) =>
        Math.round(one.window.level) === Math.round(window.level) &&
        Math.round(one.window.width) === Math.round(window.width),
    ) ?? null
  );
}
