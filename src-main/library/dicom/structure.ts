/**
 * Walks a data set element by element before any parser sees it, and refuses what does not add up: values past the end of
 * their container, tags out of order, unknown VRs, unclosed sequences, nesting and counts past the limits. The parser behind it
 * (dicom-parser) accepts most damaged files, so it only gets what passed here. PS3.5, section 7.
 */
import type { ByteSource } from '../byteSource.ts';
import { limits } from '../limits.ts';
import { Refusal } from '../refusal.ts';
import { isBulkData, pixelDataTag, tagKey } from './tags.ts';
import { lengthBytes, otherWordVr, sequenceVr, sixtyFourBitVrs, unknownVr } from './valueRepresentation.ts';

export interface Fragment {
  /** Position of the fragment's value in the buffer. */
  offset: number;
  length: number;
  /** Position of the fragment's item tag counted from the first fragment's item tag, as offset tables count. */
  tableOffset: number;
}

export type PixelDataPlace =
  /** `words`: written as OW, which matters for byte order. */
  | { kind: 'native'; offset: number; length: number; words: boolean }
  | { kind: 'encapsulated'; offsetTable: { offset: number; length: number }; fragments: Fragment[] };

export interface Structure {
  /** Pixel data of the main data set; null when there is none. */
  pixelData: PixelDataPlace | null;
  /** Where the pixel data's element begins, else where the last element ends: everything the parser has to know comes before. */
  headEnd: number;
  /** Tag and beginning of every element of the main data set before `headEnd`, in order. */
  elements: { tag: number; start: number }[];
  /** Where 64-bit value representations stand in the head: dicom-parser does not know them. */
  longVrs: number[];
  warnings: string[];
}

export interface Encoding {
  implicit: boolean;
  bigEndian: boolean;
}

interface Container {
  kind: 'items' | 'elements';
  /** Absolute end, or null where a delimiter ends it. */
  end: number | null;
  implicit: boolean;
  lastTag: number;
}

const undefinedLength = 0xffff_ffff;
const itemTag = 0xfffe_e000;
const itemDelimiter = 0xfffe_e00d;
const sequenceDelimiter = 0xfffe_e0dd;

/** Of a file that is not in memory, this much is read at a time. */
const windowBytes = 64 * 1024;

export function validateStructure(source: ByteSource, start: number, encoding: Encoding): Structure {
  return new StructureWalk(source, start, encoding).run();
}

class StructureWalk {
  private readonly source: ByteSource;
  /** The part of the source that is looked at, from `windowStart` on. */
  private view: DataView;
  private windowStart = 0;
  private readonly little: boolean;
  private readonly stack: Container[];
  private position: number;
  private count = 0;
  private readonly elements: { tag: number; start: number }[] = [];
  private pixelData: PixelDataPlace | null = null;
  private headEnd: number | null = null;
  private readonly longVrs: number[] = [];
  private readonly warnings = new Set<string>();

  constructor(source: ByteSource, start: number, encoding: Encoding) {
    this.source = source;
    this.view = viewOf(source.whole ?? new Uint8Array());
    this.little = !encoding.bigEndian;
    this.position = start;
    this.stack = [{ kind: 'elements', end: source.length, implicit: encoding.implicit, lastTag: -1 }];
  }

  run(): Structure {
    while (this.stack.length > 0) {
      const container = this.stack.at(-1)!;
      if (container.end !== null && this.position === container.end) this.stack.pop();
      else if (container.kind === 'items') this.readItem(container);
      else if (this.stack.length === 1 && this.onlyZerosFollow()) break;
      else this.readElement(container);
    }
    const headEnd = this.headEnd ?? this.position;
    const { pixelData, elements, longVrs } = this;
    return { pixelData, headEnd, elements, longVrs, warnings: [...this.warnings] };
  }

  /** Some writers pad the file with zeros after the last element. */
  private onlyZerosFollow(): boolean {
    if (this.count === 0 || this.position >= this.source.length || this.byteAt(this.position) !== 0) return false;
    for (let at = this.position; at < this.source.length; at++) if (this.byteAt(at) !== 0) return false;
    this.warnings.add('Zero bytes follow the data set; they were passed over.');
    return true;
  }

  private readItem(container: Container): void {
    const tag = this.readTag();
    const length = this.readLength32();
    if (tag === sequenceDelimiter && container.end === null) {
      if (length !== 0) throw damaged('a sequence delimiter with a length');
      this.stack.pop();
      return;
    }
    if (tag !== itemTag) throw damaged(`${tagName(tag)} where an item of a sequence should begin`);
    this.push({ kind: 'elements', end: this.endOf(length, container), implicit: container.implicit, lastTag: -1 });
  }

  private readElement(container: Container): void {
    const start = this.position;
    const tag = this.readTag();
    if (tag === itemDelimiter && container.end === null) {
      if (this.readLength32() !== 0) throw damaged('an item delimiter with a length');
      this.stack.pop();
      return;
    }
    if (++this.count > limits.elements) {
      throw new Refusal('DICOM_TOO_MANY_ELEMENTS', `The data set has more than ${limits.elements} elements.`);
    }
    if (tag <= container.lastTag)
      throw damaged(`${tagName(tag)} after ${tagName(container.lastTag)}: tags must ascend`);
    container.lastTag = tag;
    if (this.stack.length === 1 && this.headEnd === null) {
      if (tag === pixelDataTag) this.headEnd = start;
      else this.elements.push({ tag, start });
    }
    const vr = container.implicit ? 0 : this.readVr(tag);
    const length = lengthBytes.get(vr) === 2 ? this.readLength16() : this.readLength32(vr !== 0);
    this.readValue(container, tag, vr, length);
  }

  private readValue(container: Container, tag: number, vr: number, length: number): void {
    const main = this.stack.length === 1;
    if (tag === pixelDataTag && length === undefinedLength) {
      const encapsulated = this.readFragments();
      if (main) this.pixelData = encapsulated;
      return;
    }
    if (vr === sequenceVr || (vr === 0 && (length === undefinedLength || this.looksLikeItems(tag, length)))) {
      this.push({ kind: 'items', end: this.endOf(length, container), implicit: container.implicit, lastTag: -1 });
      return;
    }
    if (length === undefinedLength) {
      // PS3.5 6.2.2 note: UN of undefined length holds a sequence in implicit little endian.
      if (vr !== unknownVr) throw damaged(`${tagName(tag)} has no length`);
      this.push({ kind: 'items', end: null, implicit: true, lastTag: -1 });
      return;
    }
    if (length % 2 === 1) this.warnings.add(`${tagName(tag)} has an odd length; it was read as it stands.`);
    const end = this.endOf(length, container)!;
    if (main && tag === pixelDataTag)
      this.pixelData = { kind: 'native', offset: this.position, length, words: vr === otherWordVr };
    this.position = end;
  }

  /** Implicit VR does not say what a value is: one that begins with an item is taken for a sequence, as the parser will. */
  private looksLikeItems(tag: number, length: number): boolean {
    const isPrivate = (tag >>> 16) % 2 === 1;
    if (isPrivate || length < 8 || this.position + 4 > this.source.length || isBulkData(tagKey(tag))) return false;
    this.need(4);
    const first = this.peekTag();
    return first === itemTag || first === sequenceDelimiter;
  }

  /** Basic offset table, fragments, sequence delimiter (PS3.5 A.4). */
  private readFragments(): PixelDataPlace {
    if (this.readTag() !== itemTag) throw damaged('encapsulated pixel data without an offset table');
    const tableLength = this.readLength32();
    const offsetTable = { offset: this.position, length: tableLength };
    this.skip(tableLength);
    const first = this.position;
    const fragments: Fragment[] = [];
    for (;;) {
      const tableOffset = this.position - first;
      const tag = this.readTag();
      const length = this.readLength32();
      if (tag === sequenceDelimiter) return { kind: 'encapsulated', offsetTable, fragments };
      if (tag !== itemTag || length === undefinedLength)
        throw damaged('a fragment of the pixel data does not begin with an item');
      if (fragments.length >= limits.elements)
        throw new Refusal('DICOM_TOO_MANY_ELEMENTS', 'The pixel data has too many fragments.');
      fragments.push({ offset: this.position, length, tableOffset });
      this.skip(length);
    }
  }

  private push(container: Container): void {
    if (this.stack.length >= 2 * limits.nestingDepth) {
      throw new Refusal('DICOM_TOO_DEEP', `Sequences are nested more than ${limits.nestingDepth} deep.`);
    }
    this.stack.push(container);
  }

  /** Absolute end of a value of `length` bytes that begins here; it must lie inside every container around it. */
  private endOf(length: number, container: Container): number | null {
    if (length === undefinedLength) return null;
    const end = this.position + length;
    if (end > this.source.length) throw truncated();
    const enclosing = container.end ?? this.stack.findLast((outer) => outer.end !== null)?.end;
    if (enclosing != null && end > enclosing) throw damaged('a value is longer than the sequence item that holds it');
    return end;
  }

  private skip(length: number): void {
    if (this.position + length > this.source.length) throw truncated();
    this.position += length;
  }

  /** Makes sure that `length` bytes from here on exist and are in view. */
  private need(length: number): void {
    if (this.position + length > this.source.length) throw truncated();
    const at = this.position - this.windowStart;
    if (at < 0 || at + length > this.view.byteLength) this.look(this.position);
  }

  private look(position: number): void {
    this.view = viewOf(this.source.read(position, Math.min(windowBytes, this.source.length - position)));
    this.windowStart = position;
  }

  private byteAt(position: number): number {
    if (position - this.windowStart >= this.view.byteLength || position < this.windowStart) this.look(position);
    return this.view.getUint8(position - this.windowStart);
  }

  private readTag(): number {
    this.need(4);
    const tag = this.peekTag();
    this.position += 4;
    return tag;
  }

  private peekTag(): number {
    const at = this.position - this.windowStart;
    return this.view.getUint16(at, this.little) * 0x1_0000 + this.view.getUint16(at + 2, this.little);
  }

  private readVr(tag: number): number {
    this.need(2);
    const vr = this.view.getUint16(this.position - this.windowStart);
    if (!lengthBytes.has(vr)) throw damaged(`${tagName(tag)} has an unknown value representation`);
    if (sixtyFourBitVrs.has(vr)) this.longVrs.push(this.position);
    this.position += 2;
    return vr;
  }

  private readLength16(): number {
    this.need(2);
    const length = this.view.getUint16(this.position - this.windowStart, this.little);
    this.position += 2;
    return length;
  }

  private readLength32(reserved = false): number {
    this.need(reserved ? 6 : 4);
    if (reserved) this.position += 2;
    const length = this.view.getUint32(this.position - this.windowStart, this.little);
    this.position += 4;
    return length;
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function tagName(tag: number): string {
  const hex = tag.toString(16).padStart(8, '0').toUpperCase();
  return `(${hex.slice(0, 4)},${hex.slice(4)})`;
}

function damaged(what: string): Refusal {
  return new Refusal('DICOM_DAMAGED', `The DICOM data set is damaged: ${what}.`);
}

function truncated(): Refusal {
  return new Refusal(
    'DICOM_TRUNCATED',
    'The DICOM file ends in the middle of a value; it was probably not copied completely.',
  );
}
