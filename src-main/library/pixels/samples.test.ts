import { describe, expect, it } from 'vitest';
import { decodeRle, joinPlanes } from '../codecs/rle.ts';
import { interleave, rawSamples, storedSamples, unpackBits } from './samples.ts';

describe('stored values', () => {
  it('mask unused high bits and extend the sign to the type of BitsAllocated', () => {
    const signed = storedSamples(Uint16Array.of(0xf7ff, 0xa800, 0x0fff), {
      bitsAllocated: 16,
      bitsStored: 12,
      highBit: 11,
      signed: true,
    });
    expect(signed).toEqual(Int16Array.of(2047, -2048, -1));
    const unsigned = storedSamples(Uint16Array.of(0xffff), {
      bitsAllocated: 16,
      bitsStored: 12,
      highBit: 11,
      signed: false,
    });
    expect(unsigned).toEqual(Uint16Array.of(4095));
  });

  it('shift values that do not end at bit 0', () => {
    const format = { bitsAllocated: 16, bitsStored: 12, highBit: 15, signed: false };
    expect(storedSamples(Uint16Array.of(0xabc5), format)).toEqual(Uint16Array.of(0xabc));
  });

  it('keep all of 32 bits', () => {
    const format = { bitsAllocated: 32, bitsStored: 32, highBit: 31 };
    expect(storedSamples(Uint32Array.of(0xffff_ffff), { ...format, signed: false })).toEqual(
      Uint32Array.of(0xffff_ffff),
    );
    expect(storedSamples(Uint32Array.of(0xffff_ffff), { ...format, signed: true })).toEqual(Int32Array.of(-1));
  });

  it('are read at odd places of a file and in either byte order', () => {
    const file = Uint8Array.of(0, 0x34, 0x12, 0x78, 0x56);
    expect(rawSamples(file.subarray(1), 16, false)).toEqual(Uint16Array.of(0x1234, 0x5678));
    expect(rawSamples(file.subarray(1), 16, true)).toEqual(Uint16Array.of(0x3412, 0x7856));
    expect(file).toEqual(Uint8Array.of(0, 0x34, 0x12, 0x78, 0x56));
  });

  it('of one bit begin at the least significant bit, frames inside a byte', () => {
    expect([...unpackBits(Uint8Array.of(0b1010_0110), 3, 4)]).toEqual([0, 0, 1, 0]);
  });

  it('of planes come side by side', () => {
    expect(interleave(Uint8Array.of(1, 2, 3, 4, 5, 6), 2)).toEqual(Uint8Array.of(1, 3, 5, 2, 4, 6));
  });
});

describe('RLE', () => {
  const coded = (...segments: number[][]): Uint8Array => {
    const header = new Uint32Array(16);
    header[0] = segments.length;
    let offset = 64;
    segments.forEach((segment, index) => {
      header[index + 1] = offset;
      offset += segment.length;
    });
    return Uint8Array.from([...new Uint8Array(header.buffer), ...segments.flat()]);
  };

  it('unpacks runs and literals, most significant byte first', () => {
    const planes = decodeRle(coded([0xff, 0x12, 0, 0x56], [1, 0x34, 0x35, 0x80, 0, 0x78]), 2, 3);
    expect(joinPlanes(planes, 2, 1, 3)).toEqual(Uint16Array.of(0x1234, 0x1235, 0x5678));
  });

  it('refuses a wrong number of segments, offsets out of the frame, and segments that end early', () => {
    expect(() => decodeRle(coded([0, 1]), 2, 1)).toThrow('1 segments');
    expect(() => decodeRle(coded([0, 1]), 1, 5)).toThrow('ends too early');
    const wild = coded([0, 1]);
    wild[4] = 200;
    expect(() => decodeRle(wild, 1, 1)).toThrow('lies outside');
    expect(() => decodeRle(new Uint8Array(10), 1, 1)).toThrow('cut off');
  });
});
