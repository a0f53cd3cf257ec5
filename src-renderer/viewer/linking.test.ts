import { describe, expect, it } from 'vitest';
import type { StackImage } from '../../src-shared/contract/viewer.ts';
import { linkedSlice } from './linking.ts';

const at = (z: number | null, orientation = [1, 0, 0, 0, 1, 0]): StackImage => ({
  id: 1,
  rows: 2,
  columns: 2,
  spacing: null,
  position: z === null ? null : [0, 0, z],
  orientation: z === null ? null : orientation,
});

describe('panes that scroll together', () => {
  it('meet at the same place of the patient, whatever the distance between slices', () => {
    const thick = [0, 10, 20, 30].map((z) => at(z));
    const thin = Array.from({ length: 31 }, (_, z) => at(z));
    expect(linkedSlice(thick, 0, 2, thin, 5)).toBe(20);
    expect(linkedSlice(thin, 0, 14, thick, 0)).toBe(1);
  });
  it('go the same number of slices where places are not known or not parallel', () => {
    const known = [0, 10, 20, 30].map((z) => at(z));
    const unknown = [1, 2, 3, 4, 5].map(() => at(null));
    const sagittal = [0, 1, 2, 3].map((z) => at(z, [0, 1, 0, 0, 0, -1]));
    expect(linkedSlice(known, 1, 2, unknown, 3)).toBe(4);
    expect(linkedSlice(known, 1, 3, unknown, 4)).toBe(4);
    expect(linkedSlice(known, 2, 1, sagittal, 2)).toBe(1);
  });
});
