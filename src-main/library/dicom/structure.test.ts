import { describe, expect, it } from 'vitest';
import { memorySource } from '../byteSource.ts';
import { Refusal, type RefusalCode } from '../refusal.ts';
import { validateStructure } from './structure.ts';

const explicit = { implicit: false, bigEndian: false };
const implicit = { implicit: true, bigEndian: false };

const u16 = (value: number): number[] => [value & 0xff, value >>> 8];
const u32 = (value: number): number[] => [...u16(value & 0xffff), ...u16(value >>> 16)];
const tag = (group: number, element: number): number[] => [...u16(group), ...u16(element)];
const ascii = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0));

/** An element with a two-byte length, its value padded by nobody. */
const short = (group: number, element: number, vr: string, value: number[]): number[] => [
  ...tag(group, element),
  ...ascii(vr),
  ...u16(value.length),
  ...value,
];
const long = (group: number, element: number, vr: string, length: number, value: number[]): number[] => [
  ...tag(group, element),
  ...ascii(vr),
  0,
  0,
  ...u32(length),
  ...value,
];
const open = 0xffff_ffff;
const item = (value: number[]): number[] => [...tag(0xfffe, 0xe000), ...u32(value.length), ...value];
const endOfSequence = [...tag(0xfffe, 0xe0dd), ...u32(0)];

function refusal(bytes: number[], encoding = explicit): RefusalCode | 'accepted' {
  try {
    validateStructure(memorySource(Uint8Array.from(bytes)), 0, encoding);
    return 'accepted';
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

const modality = short(0x0008, 0x0060, 'CS', ascii('CT'));

describe('the structure of a data set', () => {
  it('finds native and encapsulated pixel data', () => {
    const native = [...modality, ...long(0x7fe0, 0x0010, 'OW', 4, [1, 2, 3, 4])];
    expect(validateStructure(memorySource(Uint8Array.from(native)), 0, explicit).pixelData).toEqual({
      kind: 'native',
      offset: 22,
      length: 4,
      words: true,
    });
    const fragments = [...item([]), ...item([9, 9]), ...item([8, 8, 8, 8]), ...endOfSequence];
    const encapsulated = [...modality, ...long(0x7fe0, 0x0010, 'OB', open, fragments)];
    const { pixelData } = validateStructure(memorySource(Uint8Array.from(encapsulated)), 0, explicit);
    expect(pixelData).toMatchObject({
      kind: 'encapsulated',
      fragments: [
        { offset: 38, length: 2, tableOffset: 0 },
        { offset: 48, length: 4, tableOffset: 10 },
      ],
    });
  });

  it('is the same in a file that is read by offset, a few bytes at a time', () => {
    const bulk = long(0x0009, 0x1010, 'OB', 100_000, new Array<number>(100_000).fill(7));
    const bytes = Uint8Array.from([...modality, ...bulk, ...long(0x7fe0, 0x0010, 'OW', 4, [1, 2, 3, 4]), 0, 0]);
    const byOffset = { ...memorySource(bytes), whole: null };
    expect(validateStructure(byOffset, 0, explicit)).toEqual(validateStructure(memorySource(bytes), 0, explicit));
  });

  it('does not take the pixels of a nested icon for those of the image', () => {
    const icon = item(long(0x7fe0, 0x0010, 'OW', 2, [1, 2]));
    const file = long(0x0088, 0x0200, 'SQ', icon.length, icon);
    expect(validateStructure(memorySource(Uint8Array.from(file)), 0, explicit).pixelData).toBeNull();
  });

  it.each<[string, number[], RefusalCode]>([
    ['a value past the end', [...modality, ...long(0x7fe0, 0x0010, 'OW', 100, [1, 2])], 'DICOM_TRUNCATED'],
    ['half a header', [...modality, ...u16(0x0010)], 'DICOM_TRUNCATED'],
    ['descending tags', [...modality, ...short(0x0008, 0x0005, 'CS', [])], 'DICOM_DAMAGED'],
    ['one tag twice', [...modality, ...modality], 'DICOM_DAMAGED'],
    ['an unknown VR', short(0x0008, 0x0060, '??', []), 'DICOM_DAMAGED'],
    ['an unclosed sequence', long(0x0008, 0x1140, 'SQ', open, item([])), 'DICOM_TRUNCATED'],
    ['encapsulated pixels without an end', long(0x7fe0, 0x0010, 'OB', open, item([])), 'DICOM_TRUNCATED'],
    ['no item in a sequence', long(0x0008, 0x1140, 'SQ', 10, modality), 'DICOM_DAMAGED'],
    ['a text without a length', long(0x0008, 0x1140, 'UT', open, []), 'DICOM_DAMAGED'],
    [
      'an item longer than its sequence',
      [...long(0x0008, 0x1140, 'SQ', 10, [...tag(0xfffe, 0xe000), ...u32(10), ...modality]), ...modality, ...modality],
      'DICOM_DAMAGED',
    ],
  ])('refuses %s', (_, bytes, code) => expect(refusal(bytes)).toBe(code));

  it('refuses nesting without end', () => {
    const level = [...tag(0x0008, 0x1140), ...ascii('SQ'), 0, 0, ...u32(open), ...tag(0xfffe, 0xe000), ...u32(open)];
    expect(refusal(Array.from({ length: 1000 }, () => level).flat())).toBe('DICOM_TOO_DEEP');
  });

  it('walks implicit VR, and reads an element that begins like an item as a sequence', () => {
    const element = (group: number, number: number, value: number[]): number[] => [
      ...tag(group, number),
      ...u32(value.length),
      ...value,
    ];
    expect(refusal([...element(0x0008, 0x0060, ascii('CT'))], implicit)).toBe('accepted');
    expect(refusal(element(0x0008, 0x1140, item([1, 2, 3])), implicit)).toBe('DICOM_TRUNCATED');
    // Pixels may begin so by chance.
    expect(refusal(element(0x7fe0, 0x0010, item([1, 2, 3])), implicit)).toBe('accepted');
  });

  it('warns of odd lengths and of zeros behind the data set', () => {
    const { warnings } = validateStructure(
      memorySource(Uint8Array.from([...short(0x0008, 0x0060, 'CS', [67]), 0, 0, 0])),
      0,
      explicit,
    );
    expect(warnings).toHaveLength(2);
  });
});
