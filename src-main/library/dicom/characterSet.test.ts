import { describe, expect, it } from 'vitest';
import { decodeText } from './characterSet.ts';

describe('character sets', () => {
  // Bytes as pydicom 3.0.2 encodes the names; the last one from PS3.5 annex K.
  it.each([
    ['ISO_IR 100', 'Jérôme', '4ae972f46d65'],
    ['ISO_IR 192', '山田', 'e5b1b1e794b0'],
    [
      '\\ISO 2022 IR 87',
      'Yamada^Tarou=山田^太郎',
      '59616d6164615e5461726f753d1b24423b3345441b28425e1b244242404f3a1b2842',
    ],
    [
      'ISO 2022 IR 13\\ISO 2022 IR 87',
      'ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎',
      'd4cfc0de5ec0dbb33d1b24423b3345441b284a5e1b244242404f3a1b284a',
    ],
    ['\\ISO 2022 IR 87\\ISO 2022 IR 159', '山丂^A', '1b24423b331b24284430211b28425e41'],
    ['\\ISO 2022 IR 149', 'Hong^Gildong=洪^吉洞', '486f6e675e47696c646f6e673d1b242943fbf35e1b242943d1ced4d7'],
    ['ISO 2022 IR 6\\ISO 2022 IR 100', 'Müller^A', '4dfc6c6c65725e41'],
    ['ISO 2022 IR 100\\ISO 2022 IR 144', 'Müller^=Люкс', '4dfc6c6c65725e3d1b2d4cbbeedae1'],
    ['\\ISO 2022 IR 58', 'Zhang^XiaoDong=张^小东', '5a68616e675e5869616f446f6e673d1b242941d5c55e1b242941d0a1b6ab'],
  ])('%s reads %s', (characterSet, name, bytes) => {
    expect(decodeText(Buffer.from(bytes, 'hex'), characterSet)).toBe(name);
  });

  it('goes on after an escape that it does not know, and ends with one that is cut off', () => {
    expect(decodeText(Buffer.from('A\x1b%GB\x1b', 'latin1'), '\\ISO 2022 IR 100')).toBe('A%GB');
  });
});
