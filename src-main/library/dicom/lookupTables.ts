/** Lookup tables: modality LUT and VOI LUT sequence items (PS3.3 C.11), palettes (C.7.6.3.1.5). */
import type { DataSet } from 'dicom-parser';
import type { VoiTable } from '../outcomes.ts';
import type { Palette } from '../pixels/colour.ts';
import { expandSegments } from './segmentedPalette.ts';
import { Refusal } from '../refusal.ts';
import { signed16, text, unsigned16 } from './attributes.ts';
import { tags, type TagName } from './tags.ts';

interface Descriptor {
  entries: number;
  first: number;
  bits: number;
}

/** Entries (0 means 65536), first mapped value (signed when stored values or the slope make it so), bits of an entry. */
function readDescriptor(dataSet: DataSet, tag: TagName, signed: boolean): Descriptor | null {
  const entries = unsigned16(dataSet, tag, 0);
  const first = (signed ? signed16 : unsigned16)(dataSet, tag, 1);
  const bits = unsigned16(dataSet, tag, 2);
  if (entries === null || first === null || bits === null || bits < 8 || bits > 16) return null;
  return { entries: entries === 0 ? 65536 : entries, first, bits };
}

/** Table of a modality or VOI LUT item; null when it is missing or shorter than it says. */
export function readTable(dataSet: DataSet, signed: boolean): VoiTable | null {
  const descriptor = readDescriptor(dataSet, tags.LutDescriptor, signed);
  const data = descriptor && readEntries(dataSet, tags.LutData, descriptor);
  if (descriptor === null || data === null) return null;
  return {
    first: descriptor.first,
    bits: descriptor.bits,
    data,
    explanation: text(dataSet, tags.LutExplanation) ?? '',
  };
}

function readEntries(dataSet: DataSet, tag: TagName, { entries, bits }: Descriptor): Uint16Array | null {
  const element = dataSet.elements[tag];
  if (element === undefined) return null;
  // 8-bit tables are written both as bytes and as words with one entry each.
  const asWords = element.length >= 2 * entries;
  if (!asWords && (bits > 8 || element.length < entries)) return null;
  return Uint16Array.from({ length: entries }, (_, index) =>
    asWords ? (unsigned16(dataSet, tag, index) ?? 0) : dataSet.byteArray[element.dataOffset + index]!,
  );
}

/** A segmented palette (PS3.3 C.7.9.2), words or, in 8-bit tables, bytes; null when it is missing or does not give all entries. */
function readSegments(dataSet: DataSet, tag: TagName, { entries, bits }: Descriptor): Uint16Array | null {
  const element = dataSet.elements[tag];
  if (element === undefined) return null;
  const words = bits > 8;
  const values = Uint16Array.from({ length: words ? element.length >> 1 : element.length }, (_, index) =>
    words ? (unsigned16(dataSet, tag, index) ?? 0) : dataSet.byteArray[element.dataOffset + index]!,
  );
  return expandSegments(values, entries, words);
}

export function readPalette(dataSet: DataSet, signed: boolean): Palette {
  const read = (
    descriptorTag: TagName,
    dataTag: TagName,
    segmentedTag: TagName,
  ): { first: number; entries: Uint8Array } => {
    const descriptor = readDescriptor(dataSet, descriptorTag, signed);
    const data =
      descriptor && (readEntries(dataSet, dataTag, descriptor) ?? readSegments(dataSet, segmentedTag, descriptor));
    if (descriptor === null || data === null) {
      throw new Refusal('PIXEL_ATTRIBUTES', 'The palette of the image is missing or too short.');
    }
    // 16-bit entries give their high byte; some writers say 16 and fill only the low one.
    const wide = descriptor.bits > 8 && data.some((value) => value > 255);
    return { first: descriptor.first, entries: Uint8Array.from(data, (value) => (wide ? value >> 8 : value)) };
  };
  const red = read(tags.RedPaletteDescriptor, tags.RedPaletteData, tags.SegmentedRedPaletteData);
  const green = read(tags.GreenPaletteDescriptor, tags.GreenPaletteData, tags.SegmentedGreenPaletteData);
  const blue = read(tags.BluePaletteDescriptor, tags.BluePaletteData, tags.SegmentedBluePaletteData);
  if (green.entries.length !== red.entries.length || blue.entries.length !== red.entries.length) {
    throw new Refusal('PIXEL_ATTRIBUTES', 'The three colours of the palette have different lengths.');
  }
  return { first: red.first, red: red.entries, green: green.entries, blue: blue.entries };
}
