import { expect, it } from 'vitest';
import { dataSetStart, sniff } from './sniff.ts';

const bytes = (...parts: (string | number[])[]): Uint8Array =>
  Uint8Array.from(
    parts.flatMap((part) => (typeof part === 'string' ? [...part].map((letter) => letter.charCodeAt(0)) : part)),
  );

it('knows pictures by their first bytes', () => {
  expect(sniff(bytes([0x89], 'PNG\r\n', [0x1a, 0x0a]))).toEqual({ kind: 'format', format: 'png' });
  expect(sniff(bytes([0xff, 0xd8, 0xff, 0xe0]))).toEqual({ kind: 'format', format: 'jpeg' });
  expect(sniff(bytes('RIFF', [0, 0, 0, 0], 'WEBP'))).toEqual({ kind: 'format', format: 'webp' });
  expect(sniff(bytes('II*', [0]))).toEqual({ kind: 'format', format: 'tiff' });
});

it('takes a DICOM file for DICOM whatever its preamble pretends to be', () => {
  const file = new Uint8Array(200);
  file.set(bytes('MZ'));
  file.set(bytes('DICM'), 128);
  expect(sniff(file)).toEqual({ kind: 'format', format: 'dicom' });
});

it('finds a data set without preamble, also one byte late', () => {
  const dataSet = bytes([0x08, 0, 0x05, 0], 'CS', [0x0a, 0], 'ISO_IR 100');
  expect(dataSetStart(dataSet)).toBe(0);
  expect(dataSetStart(bytes([0x20], [...dataSet]))).toBe(1);
  expect(dataSetStart(bytes('Hello, this is no data set.'))).toBeNull();
});

it.each([
  ['%PDF-1.7', 'a PDF document'],
  ['<!DOCTYPE html><html>', 'an HTML page'],
  ['<svg xmlns="">', 'an SVG drawing'],
  ['Patient was seen.', 'a text file'],
])('names %s', (text, name) => expect(sniff(bytes(text))).toEqual({ kind: 'other', name }));

it('does not take every word that begins with BM for a bitmap', () => {
  expect(sniff(bytes('BMI of the patients in this study: 24'))).toEqual({ kind: 'other', name: 'a text file' });
});
