import { describe, expect, it } from 'vitest';
import type { FrameFacts } from '../../src-shared/contract/library.ts';
import { defaultWindow, presetOf, windowBounds, windowOfBounds } from './windowPresets.ts';

const picture: FrameFacts = {
  rows: 2,
  columns: 2,
  type: 'uint8',
  samples: 1,
  inverted: false,
  units: 'gray',
  windows: [],
  spacing: null,
  place: { position: null, orientation: null, sliceThickness: null },
  minimum: 3,
  maximum: 200,
};

describe('windows', () => {
  it('show all 256 gray levels of a plain picture, black at 0 and white at 255', () => {
    expect(windowBounds(defaultWindow(picture))).toEqual({ lower: 0, upper: 255 });
  });

  it("begin with the file's own window, else lung for HU", () => {
    const own = { level: 40, width: 400, explanation: 'soft' };
    expect(defaultWindow({ ...picture, units: 'HU', type: 'int16', windows: [own] })).toEqual({
      level: 40,
      width: 400,
    });
    expect(defaultWindow({ ...picture, units: 'HU', type: 'int16' })).toEqual({ level: -600, width: 1500 });
  });

  it('cover the whole range of any other modality', () => {
    const bounds = windowBounds(
      defaultWindow({ ...picture, units: 'unit', type: 'uint16', minimum: 10, maximum: 1009 }),
    );
    expect(bounds).toEqual({ lower: 10, upper: 1009 });
  });

  it('come back from their bounds unchanged', () => {
    expect(windowOfBounds(windowBounds({ level: 50, width: 350 }))).toEqual({ level: 50, width: 350 });
  });

  it('are recognised as presets', () => {
    expect(presetOf({ level: 50, width: 350 })?.words).toBe('Mediastinum');
    expect(presetOf({ level: 51, width: 350 })).toBeNull();
  });
});
