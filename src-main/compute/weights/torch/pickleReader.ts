import { damaged } from '../refusal.ts';

/** Reads the arguments of pickle instructions from bytes, each checked against the end. */
export class PickleReader {
  position: number;
  private readonly bytes: Uint8Array;
  private readonly view: DataView;

  constructor(bytes: Uint8Array, position = 0) {
    this.bytes = bytes;
    this.position = position;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  private take(length: number): number {
    if (length > this.bytes.length - this.position) throw damaged('The pickle ended early.');
    const start = this.position;
    this.position += length;
    return start;
  }

  byte(): number {
    return this.bytes[this.take(1)]!;
  }

  uint16(): number {
    return this.view.getUint16(this.take(2), true);
  }

  int32(): number {
    return this.view.getInt32(this.take(4), true);
  }

  uint32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  /** A length in eight bytes. */
  length64(): number {
    const value = this.view.getBigUint64(this.take(8), true);
    if (value > BigInt(this.bytes.length)) throw damaged('The pickle claims more bytes than it has.');
    return Number(value);
  }

  /** Big-endian, unlike the rest. */
  double(): number {
    return this.view.getFloat64(this.take(8), false);
  }

  raw(length: number): Uint8Array {
    const start = this.take(length);
    return this.bytes.slice(start, start + length);
  }

  text(length: number): string {
    const start = this.take(length);
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(this.bytes.subarray(start, start + length));
    } catch {
      throw damaged('A text of the pickle is not UTF-8.');
    }
  }

  /** Bytes as characters, as Python 2 wrote names. */
  latin(length: number): string {
    const start = this.take(length);
    return Buffer.from(this.bytes.subarray(start, start + length)).toString('latin1');
  }

  line(): string {
    const end = this.bytes.indexOf(0x0a, this.position);
    if (end < 0 || end - this.position > 10_000) throw damaged('A line of the pickle has no end.');
    const text = this.latin(end - this.position);
    this.position = end + 1;
    return text;
  }

  /** Little-endian two's complement of any length up to 1024 bytes. */
  integer(length: number): number | bigint {
    if (length > 1024) throw damaged('A number of the pickle is too long.');
    let value = 0n;
    const bytes = this.raw(length);
    for (let index = length - 1; index >= 0; index -= 1) value = (value << 8n) | BigInt(bytes[index]!);
    if (length > 0 && bytes[length - 1]! >= 0x80) value -= 1n << BigInt(8 * length);
    return smallest(value);
  }
}

/** A decimal number of pickle protocol 0. */
export function parseInteger(text: string): number | bigint {
  if (!/^[+-]?\d{1,300}L?$/.test(text)) throw damaged('A number of the pickle is none.');
  return smallest(BigInt(text.replace(/L$/, '').replace(/^\+/, '')));
}

function smallest(value: bigint): number | bigint {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}
