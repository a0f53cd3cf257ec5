/** Transfer syntaxes by UID (PS3.6 table A-1), and how the pixel data of each is coded. */
export type PixelCoding = 'native' | 'native-encapsulated' | 'rle' | 'jpeg' | 'jpeg-ls' | 'jpeg-2000' | 'htj2k';

export interface TransferSyntax {
  uid: string;
  implicit: boolean;
  bigEndian: boolean;
  deflated: boolean;
  coding: PixelCoding;
}

const plain = { implicit: false, bigEndian: false, deflated: false };
const root = '1.2.840.10008.1.2';

const supported: Readonly<Record<string, Omit<TransferSyntax, 'uid'>>> = {
  [root]: { ...plain, implicit: true, coding: 'native' },
  [`${root}.1`]: { ...plain, coding: 'native' },
  // Uncompressed frames in fragments, for pixel data longer than a length field can say.
  [`${root}.1.98`]: { ...plain, coding: 'native-encapsulated' },
  [`${root}.1.99`]: { ...plain, deflated: true, coding: 'native' },
  [`${root}.2`]: { ...plain, bigEndian: true, coding: 'native' },
  [`${root}.5`]: { ...plain, coding: 'rle' },
  // Baseline, extended, and lossless with any predictor. Retired 51-to-56 variants are sequential or progressive JPEG too.
  ...Object.fromEntries(
    [50, 51, 52, 53, 54, 55, 56, 57, 58, 70].map((n) => [`${root}.4.${n}`, { ...plain, coding: 'jpeg' as const }]),
  ),
  [`${root}.4.80`]: { ...plain, coding: 'jpeg-ls' },
  [`${root}.4.81`]: { ...plain, coding: 'jpeg-ls' },
  [`${root}.4.90`]: { ...plain, coding: 'jpeg-2000' },
  [`${root}.4.91`]: { ...plain, coding: 'jpeg-2000' },
  [`${root}.4.201`]: { ...plain, coding: 'htj2k' },
  [`${root}.4.202`]: { ...plain, coding: 'htj2k' },
  [`${root}.4.203`]: { ...plain, coding: 'htj2k' },
};

export function transferSyntax(uid: string): TransferSyntax | null {
  const found = supported[uid];
  return found === undefined ? null : { uid, ...found };
}

export const implicitLittleEndian = root;
export const explicitLittleEndian = `${root}.1`;
export const explicitBigEndian = `${root}.2`;
