import { describe, expect, it } from 'vitest';
import type { FrameFacts } from '../../src-shared/contract/library.ts';
import { setImageProject } from '../api/images.ts';
import { cornerstoneId, hostId, metadataOf, toCornerstoneImage } from './cornerstoneImage.ts';

const facts: FrameFacts = {
  rows: 1,
  columns: 2,
  type: 'int16',
  samples: 1,
  inverted: true,
  units: 'HU',
  windows: [],
  spacing: [0.7, 0.5],
  minimum: -1000,
  maximum: 40,
};

describe("the host's frame as Cornerstone's image", () => {
  it('hands over HU that need no rescaling', () => {
    const image = toCornerstoneImage('x', { facts, pixels: Int16Array.from([-1000, 40]) }, false);
    expect(image).toMatchObject({
      slope: 1,
      intercept: 0,
      windowCenter: -600,
      windowWidth: 1500,
      dataType: 'Int16Array',
    });
    expect(image.preScale).toMatchObject({ enabled: true, scaled: true });
    expect([...image.getPixelData()]).toEqual([-1000, 40]);
  });

  it('takes the distance between rows for the height of a pixel', () => {
    const image = toCornerstoneImage('x', { facts, pixels: Int16Array.from([-1000, 40]) }, false);
    expect([image.rowPixelSpacing, image.columnPixelSpacing]).toEqual([0.7, 0.5]);
  });

  it('leaves inversion to the viewer, so that both rendering paths agree', () => {
    const image = toCornerstoneImage('x', { facts, pixels: Int16Array.from([-1000, 40]) }, false);
    expect(image).toMatchObject({ invert: false, photometricInterpretation: 'MONOCHROME2' });
  });

  it('keeps the values of signed bytes', () => {
    const image = toCornerstoneImage(
      'x',
      { facts: { ...facts, type: 'int8' }, pixels: Int8Array.from([-5, 7]) },
      false,
    );
    expect([...image.getPixelData()]).toEqual([-5, 7]);
    expect(image.dataType).toBe('Int16Array');
  });

  it('adds an opaque alpha where colour is drawn by the processor', () => {
    const colour = { ...facts, type: 'uint8' as const, samples: 3 as const, units: 'gray' as const };
    const frame = { facts: colour, pixels: Uint8Array.from([1, 2, 3, 4, 5, 6]) };
    expect([...toCornerstoneImage('x', frame, true).getPixelData()]).toEqual([1, 2, 3, 255, 4, 5, 6, 255]);
    expect([...toCornerstoneImage('x', frame, false).getPixelData()]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('says that millimetres are unknown for a picture without spacing', () => {
    const frame = { facts: { ...facts, spacing: null }, pixels: Int16Array.from([0, 0]) };
    expect(metadataOf('imagePlaneModule', frame)).toMatchObject({ usingDefaultValues: true, rowPixelSpacing: 1 });
  });
});

describe('image names', () => {
  it('tell the same number in two projects apart', () => {
    setImageProject('first');
    const first = cornerstoneId(12);
    setImageProject('second');
    expect(cornerstoneId(12)).not.toBe(first);
    expect(hostId(first)).toBe(12);
  });

  it('of another origin are refused', () => {
    expect(() => hostId('wadouri:http://x')).toThrow(/Not an image/);
  });
});
