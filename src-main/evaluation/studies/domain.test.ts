import { describe, expect, it } from 'vitest';
import { grayFacts, outsideTraining, trainingProfile, type PictureFacts } from './domain.ts';

const ct = (change: Partial<PictureFacts> = {}): PictureFacts => ({
  fileType: 'DICOM',
  modality: 'CT',
  hounsfield: true,
  rows: 512,
  columns: 512,
  gray: { mean: 90, deviation: 60 },
  ...change,
});
const profile = trainingProfile([ct(), ct({ gray: { mean: 110, deviation: 70 } })])!;
const outside = (change: Partial<PictureFacts>) => outsideTraining(ct(change), profile, '1500/−600');

describe('a picture outside of what a run was trained on', () => {
  it('is told by modality, units, file type, size and gray levels', () => {
    expect(outside({ modality: 'MR' })).toEqual(['Modality MR: the run was trained on CT.']);
    expect(outside({ hounsfield: false, modality: null, fileType: 'PNG' })).toEqual([
      'No Hounsfield units: the run’s window (1500/−600) cannot be applied, gray levels are taken as they are.',
      'File type PNG: the run was trained on DICOM.',
    ]);
    expect(outside({ rows: 128 })).toEqual(['Size 512 × 128: the run was trained on 512 × 512.']);
    expect(outside({ gray: { mean: 200, deviation: 65 } })).toEqual([
      'Gray levels: mean 200 and spread 65; in training 90–110 and 60–70.',
    ]);
  });

  it('is not told of what is alike or near', () => {
    expect(outside({})).toEqual([]);
    expect(outside({ rows: 400, columns: 700, gray: { mean: 119, deviation: 51 } })).toEqual([]);
  });

  it('is told the other way round for a run on plain pictures', () => {
    const plain = trainingProfile([ct({ hounsfield: false, modality: null, fileType: 'PNG', gray: null })])!;
    expect(outsideTraining(ct(), plain, '')).toEqual([
      'Hounsfield units: the run was trained on plain gray pictures only.',
      'File type DICOM: the run was trained on PNG.',
    ]);
  });

  it('knows nothing without training images', () => {
    expect(trainingProfile([])).toBeNull();
  });
});

it('takes mean and spread over all pixels', () => {
  expect(grayFacts(Uint8Array.from([0, 0, 100, 100]))).toEqual({ mean: 50, deviation: 50 });
});
