/** Specific Character Set, PS3.3 C.12.1.1.2. Only what identifiers and descriptions need: one decoder for the whole value. */
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
  'ISO 2022 IR 87': 'iso-2022-jp',
  'ISO 2022 IR 149': 'euc-kr',
  'ISO 2022 IR 58': 'gbk',
  GB18030: 'gb18030',
  GBK: 'gbk',
};

const decoders = new Map<string, TextDecoder>();

export function decodeText(bytes: Uint8Array, characterSet: string): string {
  // Plain ASCII means the same in all of them but for escapes; nearly every value is just that.
  if (bytes.every((byte) => byte < 0x80 && byte !== 0x1b)) {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  }
  const names = characterSet.split('\\').map((name) => name.trim());
  const name = names.findLast((one) => one !== '') ?? '';
  const encoding = encodings[name] ?? encodings[name.replace('ISO 2022 IR', 'ISO_IR')] ?? 'iso-8859-1';
  const decoder = decoders.get(encoding) ?? new TextDecoder(encoding);
  decoders.set(encoding, decoder);
  return decoder.decode(bytes);
}
