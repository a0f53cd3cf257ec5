/** Specific Character Set, PS3.3 C.12.1.1.2: one set for a whole value, or several between which escape sequences change (PS3.5 6.1.2.5). */
const encodings: Readonly<Record<string, string>> = {
  'ISO_IR 100': 'iso-8859-1',
  'ISO_IR 101': 'iso-8859-2',
  'ISO_IR 109': 'iso-8859-3',
  'ISO_IR 110': 'iso-8859-4',
  'ISO_IR 144': 'iso-8859-5',
  'ISO_IR 127': 'iso-8859-6',
  'ISO_IR 126': 'iso-8859-7',
  'ISO_IR 138': 'iso-8859-8',
  'ISO_IR 148': 'windows-1254',
  'ISO_IR 203': 'iso-8859-15',
  'ISO_IR 13': 'shift_jis',
  'ISO_IR 166': 'windows-874',
  'ISO_IR 192': 'utf-8',
  'ISO_IR 87': 'iso-2022-jp',
  'ISO_IR 159': 'iso-2022-jp',
  'ISO_IR 149': 'euc-kr',
  'ISO_IR 58': 'gbk',
  GB18030: 'gb18030',
  GBK: 'gbk',
};

/** What follows ESC, and the encoding that reads the bytes behind it (PS3.3 tables C.12-3 and C.12-4). */
const escapes: readonly (readonly [sequence: string, encoding: string])[] = [
  ['-A', 'iso-8859-1'],
  ['-B', 'iso-8859-2'],
  ['-C', 'iso-8859-3'],
  ['-D', 'iso-8859-4'],
  ['-L', 'iso-8859-5'],
  ['-G', 'iso-8859-6'],
  ['-F', 'iso-8859-7'],
  ['-H', 'iso-8859-8'],
  ['-M', 'windows-1254'],
  ['-b', 'iso-8859-15'],
  ['-T', 'windows-874'],
  [')I', 'shift_jis'],
  ['$)C', 'euc-kr'],
  ['$)A', 'gbk'],
];
/** These choose what bytes below 0x80 are: ASCII, its Japanese variant, and the two Japanese sets of two bytes. */
const lower: readonly (readonly [sequence: string, kind: 'one byte' | 'kanji' | 'more kanji'])[] = [
  ['(B', 'one byte'],
  ['(J', 'one byte'],
  ['$B', 'kanji'],
  ['$(D', 'more kanji'],
];

const decoders = new Map<string, TextDecoder>();

function decode(bytes: Uint8Array, encoding: string): string {
  const decoder = decoders.get(encoding) ?? new TextDecoder(encoding);
  decoders.set(encoding, decoder);
  return decoder.decode(bytes);
}

export function decodeText(bytes: Uint8Array, characterSet: string): string {
  // Plain ASCII means the same in all of them but for escapes; nearly every value is just that.
  if (bytes.every((byte) => byte < 0x80 && byte !== 0x1b)) {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  }
  const names = characterSet.split('\\').map((name) => name.trim().replace('ISO 2022 IR', 'ISO_IR'));
  if (bytes.includes(0x1b)) return decodeWithEscapes(bytes, encodings[names[0]!] ?? 'iso-8859-1');
  const name = names.find((one) => one !== '' && one !== 'ISO_IR 6') ?? '';
  return decode(bytes, encodings[name] ?? 'iso-8859-1');
}

/** Each run between escapes by itself. After a delimiter the first set is in force again, even where nobody has said so. */
function decodeWithEscapes(bytes: Uint8Array, first: string): string {
  let upper = first;
  let low: (typeof lower)[number][1] = 'one byte';
  let result = '';
  let start = 0;
  const read = (end: number): void => {
    const run = bytes.subarray(start, end);
    if (low === 'one byte') result += decode(run, upper);
    // EUC-JP has both Japanese sets, with their upper bits set; the second after a byte of its own.
    else result += decode(eucJapanese(run, low === 'more kanji'), 'euc-jp');
    start = end;
  };
  for (let at = 0; at < bytes.length; at++) {
    if (isDelimiter(bytes[at]!) && low === 'one byte') {
      read(at);
      upper = first;
    }
    if (bytes[at] !== 0x1b) continue;
    read(at);
    const next = Buffer.from(bytes.subarray(at + 1, at + 4)).toString('latin1');
    const chosen = escapes.find(([sequence]) => next.startsWith(sequence));
    const lowered = lower.find(([sequence]) => next.startsWith(sequence));
    if (chosen !== undefined) upper = chosen[1];
    if (lowered !== undefined) low = lowered[1];
    start = at + 1 + (chosen ?? lowered ?? [''])[0].length;
    at = start - 1;
  }
  read(bytes.length);
  return result;
}

/** Tabulator, line and page ends, and what parts values, components and groups of a name (PS3.5 6.1.2.5.3). */
function isDelimiter(byte: number): boolean {
  return [0x09, 0x0a, 0x0c, 0x0d, 0x5c, 0x5e, 0x3d].includes(byte);
}

function eucJapanese(run: Uint8Array, second: boolean): Uint8Array {
  const result: number[] = [];
  for (let at = 0; at + 1 < run.length; at += 2) {
    if (second) result.push(0x8f);
    result.push(run[at]! | 0x80, run[at + 1]! | 0x80);
  }
  return Uint8Array.from(result);
}
