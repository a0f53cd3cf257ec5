/** Value representations in the head of an element, PS3.5 section 7.1. */

/** VRs with a two-byte length, and those with two reserved bytes and a four-byte length (PS3.5 tables 7.1-1, 7.1-2). */
const shortVrs = 'AE AS AT CS DA DS DT FL FD IS LO LT PN SH SL SS ST TM UI UL US'.split(' ');
const longVrs = 'OB OD OF OL OV OW SQ SV UC UN UR UT UV'.split(' ');
/** Bytes of the length field by VR. */
export const lengthBytes = new Map([
  ...shortVrs.map((vr) => [vrCode(vr), 2] as const),
  ...longVrs.map((vr) => [vrCode(vr), 4] as const),
]);
export const sequenceVr = vrCode('SQ');
export const unknownVr = vrCode('UN');
export const otherWordVr = vrCode('OW');
/** Those that dicom-parser does not know. */
export const sixtyFourBitVrs = new Set(['OV', 'SV', 'UV'].map(vrCode));

/** The two letters of a value representation as one number; 0 stands for none (implicit VR). */
function vrCode(vr: string): number {
  return vr.charCodeAt(0) * 256 + vr.charCodeAt(1);
}
