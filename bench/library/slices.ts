/**
 * Synthetic CT slices of 512×512, explicit VR little endian, 12 bits stored in 16: a disc with noise, no patient. Their headers have what a
 * scanner writes: the attributes of the CT Image IOD (PS3.3 A.3), a few sequences, and two private groups.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom } from '../../src-shared/domain/random.ts';

const edge = 512;
/** Slices of one series. */
const seriesLength = 1000;
const long = new Set(['OB', 'OW', 'SQ', 'UN', 'UT']);

/** One element; text and sequences are padded to even length. */
function element(group: number, number: number, vr: string, value: string | Buffer): Buffer {
  const raw = typeof value === 'string' ? Buffer.from(value, 'latin1') : value;
  const padding = Buffer.alloc(raw.length % 2, vr === 'UI' || typeof value !== 'string' ? 0 : 0x20);
  const length = raw.length + padding.length;
  const head = Buffer.alloc(long.has(vr) ? 12 : 8);
  head.writeUInt16LE(group, 0);
  head.writeUInt16LE(number, 2);
  head.write(vr, 4, 'latin1');
  if (long.has(vr)) head.writeUInt32LE(length, 8);
  else head.writeUInt16LE(length, 6);
  return Buffer.concat([head, raw, padding]);
}

function item(...elements: Buffer[]): Buffer {
  const value = Buffer.concat(elements);
  const head = Buffer.from([0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0]);
  head.writeUInt32LE(value.length, 4);
  return Buffer.concat([head, value]);
}

const words = (...values: number[]): Buffer => Buffer.from(Uint16Array.from(values).buffer);

function header(index: number): Buffer {
  const series = Math.floor(index / seriesLength);
  const slice = index % seriesLength;
  const root = `1.2.826.0.1.3680043.8.1.${series + 1}`;
  const position = `-180\\-180\\${(slice * 0.75).toFixed(2)}`;
  const reference = item(element(0x0008, 0x1150, 'UI', '1.2.840.10008.3.1.2.3.1'), element(0x0008, 0x1155, 'UI', root));
  const code = item(
    element(0x0008, 0x0100, 'SH', 'CTCHEST'),
    element(0x0008, 0x0102, 'SH', '99LOCAL'),
    element(0x0008, 0x0104, 'LO', 'CT of the chest'),
  );
  const texts = (group: number, list: readonly [number, string, string][]): Buffer[] =>
    list.map(([number, vr, value]) => element(group, number, vr, value));
  return Buffer.concat([
    ...texts(0x0008, [
      [0x0005, 'CS', 'ISO_IR 100'],
      [0x0008, 'CS', 'ORIGINAL\\PRIMARY\\AXIAL\\HELIX'],
      [0x0012, 'DA', '20260101'],
      [0x0013, 'TM', '120000.000000'],
      [0x0016, 'UI', '1.2.840.10008.5.1.4.1.1.2'],
      [0x0018, 'UI', `${root}.3.${slice}`],
      [0x0020, 'DA', '20260101'],
      [0x0021, 'DA', '20260101'],
      [0x0022, 'DA', '20260101'],
      [0x0023, 'DA', '20260101'],
      [0x0030, 'TM', '115500.000000'],
      [0x0031, 'TM', '115800.000000'],
      [0x0032, 'TM', '115900.125000'],
      [0x0033, 'TM', '120000.500000'],
      [0x0050, 'SH', `${1000 + series}`],
      [0x0060, 'CS', 'CT'],
      [0x0070, 'LO', 'Synthetic'],
      [0x0080, 'LO', 'Benchmark'],
      [0x0090, 'PN', ''],
      [0x1010, 'SH', 'CT01'],
      [0x1030, 'LO', 'CT chest without contrast'],
    ]),
    element(0x0008, 0x1032, 'SQ', code),
    ...texts(0x0008, [
      [0x103e, 'LO', 'Lung 0.75'],
      [0x1040, 'LO', 'Radiology'],
      [0x1090, 'LO', 'Phantom 64'],
    ]),
    element(0x0008, 0x1111, 'SQ', reference),
    element(0x0008, 0x1140, 'SQ', Buffer.concat([reference, reference])),
    ...texts(0x0009, [
      [0x0010, 'LO', 'BENCH VENDOR 01'],
      ...Array.from({ length: 15 }, (_, at): [number, string, string] => [0x1001 + at, 'LO', `private value ${at}`]),
    ]),
    ...texts(0x0010, [
      [0x0010, 'PN', 'Synthetic^Disc'],
      [0x0020, 'LO', `SYN${series}`],
      [0x0030, 'DA', ''],
      [0x0040, 'CS', 'O'],
      [0x1010, 'AS', '050Y'],
      [0x1030, 'DS', '70'],
    ]),
    ...texts(0x0018, [
      [0x0015, 'CS', 'CHEST'],
      [0x0022, 'CS', 'HELICAL MODE'],
      [0x0050, 'DS', '0.75'],
      [0x0060, 'DS', '120'],
      [0x0090, 'DS', '500'],
      [0x1020, 'LO', '1.0'],
      [0x1030, 'LO', 'Chest routine'],
      [0x1100, 'DS', '360'],
      [0x1110, 'DS', '1085.6'],
      [0x1111, 'DS', '595'],
      [0x1120, 'DS', '0'],
      [0x1130, 'DS', '150'],
      [0x1140, 'CS', 'CW'],
      [0x1150, 'IS', '500'],
      [0x1151, 'IS', '180'],
      [0x1152, 'IS', '90'],
      [0x1160, 'SH', 'FLAT'],
      [0x1170, 'IS', '42'],
      [0x1190, 'DS', '1.2'],
      [0x1210, 'SH', 'B60f'],
      [0x5100, 'CS', 'HFS'],
    ]),
    ...texts(0x0019, [
      [0x0010, 'LO', 'BENCH VENDOR 02'],
      ...Array.from({ length: 15 }, (_, at): [number, string, string] => [0x1001 + at, 'DS', `${at * 1.5}`]),
    ]),
    ...texts(0x0020, [
      [0x000d, 'UI', `${root}.1`],
      [0x000e, 'UI', `${root}.2`],
      [0x0010, 'SH', `${series + 1}`],
      [0x0011, 'IS', '3'],
      [0x0012, 'IS', '1'],
      [0x0013, 'IS', `${slice + 1}`],
      [0x0032, 'DS', position],
      [0x0037, 'DS', '1\\0\\0\\0\\1\\0'],
      [0x0052, 'UI', `${root}.4`],
      [0x1040, 'LO', ''],
      [0x1041, 'DS', (slice * 0.75).toFixed(2)],
    ]),
    element(0x0028, 0x0002, 'US', words(1)),
    element(0x0028, 0x0004, 'CS', 'MONOCHROME2'),
    element(0x0028, 0x0010, 'US', words(edge)),
    element(0x0028, 0x0011, 'US', words(edge)),
    element(0x0028, 0x0030, 'DS', '0.703125\\0.703125'),
    element(0x0028, 0x0100, 'US', words(16)),
    element(0x0028, 0x0101, 'US', words(12)),
    element(0x0028, 0x0102, 'US', words(11)),
    element(0x0028, 0x0103, 'US', words(0)),
    ...texts(0x0028, [
      [0x1050, 'DS', '-600\\40'],
      [0x1051, 'DS', '1500\\400'],
      [0x1052, 'DS', '-1024'],
      [0x1053, 'DS', '1'],
      [0x1054, 'LO', 'HU'],
      [0x1055, 'LO', 'LUNG\\MEDIASTINUM'],
    ]),
    element(0x0032, 0x1060, 'LO', 'CT chest'),
    element(0x0040, 0x0244, 'DA', '20260101'),
    element(0x0040, 0x0245, 'TM', '115500'),
    element(0x0040, 0x0253, 'SH', `${series}`),
  ]);
}

function fileMeta(instance: string): Buffer {
  const elements = Buffer.concat([
    element(0x0002, 0x0001, 'OB', Buffer.from([0, 1])),
    element(0x0002, 0x0002, 'UI', '1.2.840.10008.5.1.4.1.1.2'),
    element(0x0002, 0x0003, 'UI', instance),
    element(0x0002, 0x0010, 'UI', '1.2.840.10008.1.2.1'),
    element(0x0002, 0x0012, 'UI', '1.2.826.0.1.3680043.8.1'),
  ]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(elements.length);
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), element(0x0002, 0x0000, 'UL', length), elements]);
}

/** Noise is drawn once and shifted from slice to slice, so that no two slices are the same. */
function pixels(): (index: number) => Uint16Array {
  const random = createRandom(1);
  const noise = Uint16Array.from({ length: 2 * edge * edge }, () => random.below(64));
  return (index) => {
    const values = noise.slice(index * 37, index * 37 + edge * edge);
    const radius = 150 + (index % 100);
    for (let row = 0; row < edge; row++) {
      const half = Math.floor(Math.sqrt(Math.max(0, radius ** 2 - (row - edge / 2) ** 2)));
      for (let column = edge / 2 - half; column < edge / 2 + half; column++) values[row * edge + column]! += 1000;
    }
    return values;
  };
}

/** Writes `count` slices below `folder`, a folder for each thousand. */
export function writeSlices(folder: string, count: number): void {
  const draw = pixels();
  for (let index = 0; index < count; index++) {
    const below = join(folder, `series ${Math.floor(index / seriesLength) + 1}`);
    if (index % seriesLength === 0) mkdirSync(below, { recursive: true });
    const values = draw(index % 7000);
    const head = Buffer.concat([fileMeta(`1.2.826.0.1.3680043.8.1.9.${index}`), header(index)]);
    const data = element(0x7fe0, 0x0010, 'OW', Buffer.from(values.buffer, values.byteOffset, values.byteLength));
    writeFileSync(join(below, `slice ${(index % seriesLength) + 1}.dcm`), Buffer.concat([head, data]));
  }
}
