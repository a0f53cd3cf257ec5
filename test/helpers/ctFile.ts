/** Writes CT images whose every value a test knows. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  decimal,
  encodeDicomFile,
  uidFrom,
  type DicomElement,
  type TextRepresentation,
} from '../../src-main/platform/dicomFile.ts';

export interface CtSeries {
  /** Also the folder and the series' description. */
  name: string;
  patient: string;
  rows: number;
  columns: number;
  slices: number;
  /** Distance between rows, then between columns, in mm. */
  spacing: readonly [number, number];
  /** Millimetres from slice to slice, from the feet to the head. */
  gap?: number;
  slope?: number;
  intercept?: number;
  signed?: boolean;
  bitsStored?: number;
  photometric?: 'MONOCHROME1' | 'MONOCHROME2';
  /** The function is VOI LUT Function (0028,1056); LINEAR where it is left out. */
  window?: { level: number; width: number; function?: 'LINEAR_EXACT' | 'SIGMOID' };
  /** Stored value. */
  value(column: number, row: number, slice: number): number;
}

const ctImageStorage = '1.2.840.10008.5.1.4.1.1.2';

/** Writes one file per slice into `directory/NAME`; gives that folder. */
export function writeCtSeries(directory: string, series: CtSeries): string {
  const folder = join(directory, series.name);
  mkdirSync(folder, { recursive: true });
  for (let slice = 0; slice < series.slices; slice += 1) {
    const instance = uidFrom(`${series.patient}/${series.name}/${slice}`);
    const file = encodeDicomFile(ctImageStorage, instance, elements(series, slice, instance));
    writeFileSync(join(folder, `${series.name}-${String(slice + 1).padStart(4, '0')}.dcm`), file);
  }
  return folder;
}

function elements(series: CtSeries, slice: number, instance: string): DicomElement[] {
  const { rows, columns, spacing, gap = 5, slope = 1, intercept = 0, signed = false, window } = series;
  const bitsStored = series.bitsStored ?? 16;
  const text = (tag: number, representation: TextRepresentation, value: string): DicomElement => ({
    tag,
    representation,
    value,
  });
  const short = (tag: number, value: number): DicomElement => ({ tag, representation: 'US', value });
  return [
    text(0x00080016, 'UI', ctImageStorage),
    text(0x00080018, 'UI', instance),
    text(0x00080020, 'DA', '20260131'),
    text(0x00080060, 'CS', 'CT'),
    text(0x0008103e, 'LO', series.name),
    text(0x00100010, 'PN', `${series.patient}^Test`),
    text(0x00100020, 'LO', series.patient),
    text(0x00100030, 'DA', '19600102'),
    text(0x00100040, 'CS', 'F'),
    text(0x00180050, 'DS', decimal(gap)),
    text(0x0020000d, 'UI', uidFrom(`${series.patient}/study`)),
    text(0x0020000e, 'UI', uidFrom(`${series.patient}/${series.name}`)),
    text(0x00200013, 'IS', String(slice + 1)),
    text(0x00200032, 'DS', [-100, -90, slice * gap].map(decimal).join('\\')),
    text(0x00200037, 'DS', '1\\0\\0\\0\\1\\0'),
    short(0x00280002, 1),
    text(0x00280004, 'CS', series.photometric ?? 'MONOCHROME2'),
    short(0x00280010, rows),
    short(0x00280011, columns),
    text(0x00280030, 'DS', spacing.map(decimal).join('\\')),
    short(0x00280100, 16),
    short(0x00280101, bitsStored),
    short(0x00280102, bitsStored - 1),
    short(0x00280103, signed ? 1 : 0),
    ...(window ? [text(0x00281050, 'DS', decimal(window.level)), text(0x00281051, 'DS', decimal(window.width))] : []),
    text(0x00281052, 'DS', decimal(intercept)),
    text(0x00281053, 'DS', decimal(slope)),
    ...(window?.function ? [text(0x00281056, 'CS', window.function)] : []),
    { tag: 0x7fe00010, representation: 'OW', value: pixels(series, slice) },
  ];
}

/** Little-endian; the bits above those stored are zero, as PS3.5 8.1.1 wants them. */
function pixels({ rows, columns, bitsStored = 16, value }: CtSeries, slice: number): Uint8Array {
  const bytes = Buffer.alloc(rows * columns * 2);
  const mask = 2 ** bitsStored - 1;
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      bytes.writeUInt16LE(value(column, row, slice) & mask, (row * columns + column) * 2);
    }
  }
  return bytes;
}
