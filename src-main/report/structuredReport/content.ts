import type { DicomElement, TextRepresentation } from '../../platform/dicomFile.ts';

/** A concept by code value, coding scheme and meaning (PS3.3 section 8). */
export interface Concept {
  code: string;
  scheme: string;
  meaning: string;
}

export type Relationship = 'CONTAINS' | 'HAS OBS CONTEXT' | 'HAS CONCEPT MOD';

/** An image, or one frame of it, that content refers to. */
export interface ImageReference {
  sopClass: string;
  instance: string;
  /** 1 = first; null where the instance has one frame. */
  frame: number | null;
}

/** Coding scheme of the concepts that no public scheme has; "99" marks it as private (PS3.3 section 8.2). */
export const privateScheme = '99PARENCHYMA';

export const dcm = (code: string, meaning: string): Concept => ({ code, scheme: 'DCM', meaning });
export const own = (code: string, meaning: string): Concept => ({ code, scheme: privateScheme, meaning });

/** Longest code meaning (LO) in characters. */
const longestMeaning = 64;

export function text(tag: number, representation: TextRepresentation, value: string): DicomElement {
  return { tag, representation, value };
}

export function sequence(tag: number, ...items: readonly (readonly DicomElement[])[]): DicomElement {
  return { tag, representation: 'SQ', value: items };
}

/** One item of a code sequence. */
export function codeItem({ code, scheme, meaning }: Concept): DicomElement[] {
  return [
    text(0x00080100, 'SH', code),
    text(0x00080102, 'SH', scheme),
    text(0x00080104, 'LO', [...meaning].slice(0, longestMeaning).join('')),
  ];
}

/** Relationship, value type and name of a content item (PS3.3 section C.17.3). */
function contentItem(
  relationship: Relationship,
  valueType: string,
  name: Concept | null,
  value: readonly DicomElement[],
): DicomElement[] {
  return [
    text(0x0040a010, 'CS', relationship),
    text(0x0040a040, 'CS', valueType),
    ...(name === null ? [] : [sequence(0x0040a043, codeItem(name))]),
    ...value,
  ];
}

/** What a container holds; `template` is the number of the DCMR template it follows. */
export function containerValue(items: readonly DicomElement[][], template: string | null): DicomElement[] {
  return [
    text(0x0040a050, 'CS', 'SEPARATE'),
    ...(template === null
      ? []
      : [sequence(0x0040a504, [text(0x00080105, 'CS', 'DCMR'), text(0x0040db00, 'CS', template)])]),
    ...(items.length === 0 ? [] : [sequence(0x0040a730, ...items)]),
  ];
}

export const container = (name: Concept, items: readonly DicomElement[][], template: string | null = null) =>
  contentItem('CONTAINS', 'CONTAINER', name, containerValue(items, template));

export const textItem = (relationship: Relationship, name: Concept, value: string) =>
  contentItem(relationship, 'TEXT', name, [text(0x0040a160, 'UT', value)]);

export const personItem = (relationship: Relationship, name: Concept, value: string) =>
  contentItem(relationship, 'PNAME', name, [text(0x0040a123, 'PN', personName(value))]);

export const uidItem = (relationship: Relationship, name: Concept, value: string) =>
  contentItem(relationship, 'UIDREF', name, [text(0x0040a124, 'UI', value)]);

export const codedItem = (relationship: Relationship, name: Concept, value: Concept) =>
  contentItem(relationship, 'CODE', name, [sequence(0x0040a168, codeItem(value))]);

/** A number without unit, as decimal string and, in full precision, as float64. */
export const numberItem = (name: Concept, value: number) =>
  contentItem('CONTAINS', 'NUM', name, [
    sequence(0x0040a300, [
      sequence(0x004008ea, codeItem({ code: '1', scheme: 'UCUM', meaning: 'no units' })),
      { tag: 0x0040a161, representation: 'FD', value },
      text(0x0040a30a, 'DS', decimalString(value)),
    ]),
  ]);

export const imageItem = (name: Concept, image: ImageReference) =>
  contentItem('CONTAINS', 'IMAGE', name, [sequence(0x00081199, referencedImage(image))]);

export function referencedImage({ sopClass, instance, frame }: ImageReference): DicomElement[] {
  return [
    text(0x00081150, 'UI', sopClass),
    text(0x00081155, 'UI', instance),
    ...(frame === null ? [] : [text(0x00081160, 'IS', String(frame))]),
  ];
}

/** At most 16 characters (DS, PS3.5 section 6.2), as exact as they allow. */
export function decimalString(value: number): string {
  for (let digits = 16; digits > 0; digits -= 1) {
    const short = String(Number(value.toPrecision(digits)));
    if (short.length <= 16) return short;
  }
  return '0';
}

/** Letters that separate parts or values in DICOM are made spaces, control characters dropped; at most 64 characters. */
export function plainText(value: string): string {
  const cleaned = value.replaceAll(/[\\^=]/g, ' ').replaceAll(/\p{Cc}/gu, '');
  return [...cleaned.trim()].slice(0, 64).join('');
}

const personName = plainText;
