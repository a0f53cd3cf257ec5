import type { Anatomy } from './anatomy.ts';
import { clamp } from './functions.ts';
import { decimal, encodeDicomFile, uidFrom, type DicomElement } from '../../src-main/platform/dicomFile.ts';

const ctImageStorage = '1.2.840.10008.5.1.4.1.1.2';

export interface CtImage {
  /** Text that names study and patient among all that one seed can make; identifiers are derived from it. */
  key: string;
  /** From 1. */
  patientNumber: number;
  instanceNumber: number;
  anatomy: Anatomy;
  /** Rows and columns; millimetres between pixel centres, through one slice, and between slices. */
  size: number;
  pixel: number;
  thickness: number;
  spacing: number;
  /** Height of the slice's middle, millimetres, towards the head. */
  z: number;
  /** `[size × size]` HU. */
  hu: Float32Array;
}

/** Stored value 0 means −1024 HU, as on most scanners; 12 bits are used of 16. */
const intercept = -1024;
const largestStored = 4095;

function storedPixels(hu: Float32Array): Uint8Array {
  const stored = new Uint16Array(hu.length);
  for (let index = 0; index < hu.length; index++) {
    stored[index] = clamp(Math.round(hu[index]! - intercept), 0, largestStored);
  }
  // Every platform that Node 24 runs on is little endian, as the file is.
  return new Uint8Array(stored.buffer);
}

export const patientIdOf = (patientNumber: number): string => `SYN-${String(patientNumber).padStart(4, '0')}`;

function subject(image: CtImage): DicomElement[] {
  const number = String(image.patientNumber).padStart(4, '0');
  return [
    { tag: 0x00100010, representation: 'PN', value: `Synthetic^Patient ${number}` },
    { tag: 0x00100020, representation: 'LO', value: patientIdOf(image.patientNumber) },
    { tag: 0x00100030, representation: 'DA', value: '' },
    { tag: 0x00100040, representation: 'CS', value: image.anatomy.female ? 'F' : 'M' },
    { tag: 0x00101010, representation: 'AS', value: `${String(image.anatomy.ageYears).padStart(3, '0')}Y` },
    { tag: 0x00120062, representation: 'CS', value: 'YES' },
    { tag: 0x00120063, representation: 'LO', value: 'Synthetic data, no person' },
  ];
}

function acquisition(image: CtImage): DicomElement[] {
  return [
    { tag: 0x00080005, representation: 'CS', value: 'ISO_IR 100' },
    { tag: 0x00080008, representation: 'CS', value: 'ORIGINAL\\PRIMARY\\AXIAL' },
    // Synthetic Data, added to the standard by CP-2215.
    { tag: 0x0008001c, representation: 'CS', value: 'YES' },
    { tag: 0x00080020, representation: 'DA', value: '20200101' },
    { tag: 0x00080023, representation: 'DA', value: '20200101' },
    { tag: 0x00080030, representation: 'TM', value: '120000' },
    { tag: 0x00080033, representation: 'TM', value: '120000' },
    { tag: 0x00080050, representation: 'SH', value: '' },
    { tag: 0x00080060, representation: 'CS', value: 'CT' },
    { tag: 0x00080070, representation: 'LO', value: 'Parenchyma phantom' },
    { tag: 0x00080090, representation: 'PN', value: '' },
    { tag: 0x00081030, representation: 'LO', value: 'Synthetic chest CT' },
    { tag: 0x0008103e, representation: 'LO', value: 'Synthetic phantom, lung' },
    { tag: 0x00081090, representation: 'LO', value: 'Chest phantom' },
    { tag: 0x00180015, representation: 'CS', value: 'CHEST' },
    { tag: 0x00180050, representation: 'DS', value: decimal(image.thickness) },
    { tag: 0x00180060, representation: 'DS', value: '120' },
    { tag: 0x00180088, representation: 'DS', value: decimal(image.spacing) },
    { tag: 0x00181100, representation: 'DS', value: decimal(image.size * image.pixel) },
    { tag: 0x00185100, representation: 'CS', value: 'HFS' },
  ];
}

function placement(image: CtImage): DicomElement[] {
  const corner = -((image.size - 1) / 2) * image.pixel;
  return [
    { tag: 0x0020000d, representation: 'UI', value: uidFrom(`${image.key}/study`) },
    { tag: 0x0020000e, representation: 'UI', value: uidFrom(`${image.key}/series`) },
    { tag: 0x00200010, representation: 'SH', value: String(image.patientNumber) },
    { tag: 0x00200011, representation: 'IS', value: '1' },
    { tag: 0x00200012, representation: 'IS', value: '1' },
    { tag: 0x00200013, representation: 'IS', value: String(image.instanceNumber) },
    {
      tag: 0x00200032,
      representation: 'DS',
      value: [corner, corner, image.z].map(decimal).join('\\'),
    },
    { tag: 0x00200037, representation: 'DS', value: '1\\0\\0\\0\\1\\0' },
    { tag: 0x00200052, representation: 'UI', value: uidFrom(`${image.key}/frame of reference`) },
    { tag: 0x00201040, representation: 'LO', value: '' },
    { tag: 0x00201041, representation: 'DS', value: decimal(image.z) },
    {
      tag: 0x00204000,
      representation: 'LT',
      value: 'Synthetic image made by software. Not a person. Useless for clinical claims.',
    },
  ];
}

function pixels(image: CtImage): DicomElement[] {
  return [
    { tag: 0x00280002, representation: 'US', value: 1 },
    { tag: 0x00280004, representation: 'CS', value: 'MONOCHROME2' },
    { tag: 0x00280010, representation: 'US', value: image.size },
    { tag: 0x00280011, representation: 'US', value: image.size },
    { tag: 0x00280030, representation: 'DS', value: `${decimal(image.pixel)}\\${decimal(image.pixel)}` },
    { tag: 0x00280100, representation: 'US', value: 16 },
    { tag: 0x00280101, representation: 'US', value: 12 },
    { tag: 0x00280102, representation: 'US', value: 11 },
    { tag: 0x00280103, representation: 'US', value: 0 },
    { tag: 0x00280301, representation: 'CS', value: 'NO' },
    { tag: 0x00281050, representation: 'DS', value: '-600\\50' },
    { tag: 0x00281051, representation: 'DS', value: '1500\\350' },
    { tag: 0x00281052, representation: 'DS', value: String(intercept) },
    { tag: 0x00281053, representation: 'DS', value: '1' },
    { tag: 0x00281054, representation: 'LO', value: 'HU' },
    { tag: 0x00281055, representation: 'LO', value: 'LUNG\\MEDIASTINUM' },
    { tag: 0x7fe00010, representation: 'OW', value: storedPixels(image.hu) },
  ];
}

/** One CT image as a DICOM file (CT Image IOD, PS3.3 section A.3). */
export function encodeCtImage(image: CtImage): Buffer {
  const instance = uidFrom(`${image.key}/image ${image.instanceNumber}`);
  return encodeDicomFile(ctImageStorage, instance, [
    { tag: 0x00080016, representation: 'UI', value: ctImageStorage },
    { tag: 0x00080018, representation: 'UI', value: instance },
    ...subject(image),
    ...acquisition(image),
    ...placement(image),
    ...pixels(image),
  ]);
}
