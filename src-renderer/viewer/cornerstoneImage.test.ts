import { describe, expect, it } from 'vitest';
import type { FrameFacts } from '../../src-shared/contract/library.ts';
import { imageOf, metadataOf } from './cornerstoneImage.ts';

const facts: FrameFacts = {
  rows: 1,
  columns: 2,
  type: 'int16',
  samples: 1,
  inverted: true,
  units: 'HU',
  windows: [],
  spacing: [0.7, 0.5],
  place: { position: null, orientation: null, sliceThickness: null },
  minimum: -1000,
  maximum: 40,
};

describe("the host's frame as Cornerstone's image", () => {
  it('hands over HU that need no rescaling', () => {
    const image = imageOf('x', { facts, pixels: Int16Array.from([-1000, 40]) });
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
    const image = imageOf('x', { facts, pixels: Int16Array.from([-1000, 40]) });
    expect([image.rowPixelSpacing, image.columnPixelSpacing]).toEqual([0.7, 0.5]);
  });

  it('leaves inversion to the viewer, so that both rendering paths agree', () => {
    const image = imageOf('x', { facts, pixels: Int16Array.from([-1000, 40]) });
    expect(image).toMatchObject({ invert: false, photometricInterpretation: 'MONOCHROME2' });
  });

  it('keeps the values of signed bytes', () => {
    const image = imageOf('x', { facts: { ...facts, type: 'int8' }, pixels: Int8Array.from([-5, 7]) });
    expect([...image.getPixelData()]).toEqual([-5, 7]);
    expect(image.dataType).toBe('Int16Array');
  });

  it('says that millimetres are unknown for a picture without spacing', () => {
    const frame = { facts: { ...facts, spacing: null }, pixels: Int16Array.from([0, 0]) };
    expect(metadataOf('imagePlaneModule', frame)).toMatchObject({ usingDefaultValues: true, rowPixelSpacing: 1 });
  });
});
