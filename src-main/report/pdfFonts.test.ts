import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fontSource, packagedFont, pdfFonts } from './pdfFonts.ts';

const folder = mkdtempSync(join(tmpdir(), 'parenchyma-fonts-'));
afterAll(() => rmSync(folder, { recursive: true }));

const droid = '/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf';
const onlyDroid = (path: string) => path === droid;

describe('fonts of a PDF', () => {
  it('are the packaged ones for Latin, Greek and Cyrillic letters, and leave the content alone', () => {
    const fonts = pdfFonts('Łukasz, α≥β, проект', () => true);
    expect(Object.keys(fonts.fonts)).toEqual([packagedFont]);
    expect(fonts.lacking).toBe(false);
    const content = { text: 'Łukasz' };
    expect(fonts.dress(content)).toBe(content);
  });

  it('set each run of another script in a font of the machine, wherever text stands', () => {
    const fonts = pdfFonts('新冠', onlyDroid);
    expect(fonts.paths.has(droid)).toBe(true);
    const runs = [{ text: 'Called ' }, { text: '新冠', font: 'EastAsian' }, { text: ' (4)' }];
    expect(fonts.dress({ text: 'Called 新冠 (4)', bold: true })).toEqual({ text: runs, bold: true });
    expect(fonts.dress({ ul: ['plain', 'Called 新冠 (4)'] })).toEqual({ ul: ['plain', { text: runs }] });
    const table = { table: { widths: ['*'], body: [[{ text: 'Called 新冠 (4)' }]] } };
    expect(fonts.dress(table)).toEqual({ table: { widths: ['*'], body: [[{ text: runs }]] } });
    const [before, after] = ['<svg><text x="1">a 新', '</text></svg>'];
    expect(JSON.stringify(fonts.dress({ svg: `${before}${after}` }))).toContain('a <tspan font-family=');
  });

  it('say where a script has none', () => {
    expect(pdfFonts('新冠 صحي', onlyDroid).lacking).toBe(true);
    expect(pdfFonts('新冠', onlyDroid).lacking).toBe(false);
  });

  it('come out of a collection with their own directory of tables at the beginning', () => {
    const roboto = String(pdfFonts('').fonts[packagedFont]!.normal);
    const font = readFileSync(roboto);
    const header = Buffer.alloc(16);
    header.write('ttcf', 'latin1');
    header.writeUInt32BE(0x10000, 4);
    header.writeUInt32BE(1, 8);
    header.writeUInt32BE(header.length, 12);
    const tables = font.readUInt16BE(4);
    for (let entry = 0; entry < tables; entry += 1) {
      const place = 12 + 16 * entry + 8;
      font.writeUInt32BE(font.readUInt32BE(place) + header.length, place);
    }
    const path = join(folder, 'one.ttc');
    writeFileSync(path, Buffer.concat([header, font]));
    const source = fontSource(path);
    if (typeof source === 'string') throw new Error(source);
    expect(source.subarray(0, 12 + 16 * tables)).toEqual(font.subarray(0, 12 + 16 * tables));
    const original = readFileSync(roboto);
    const [offset, length] = [original.readUInt32BE(12 + 8), original.readUInt32BE(12 + 12)];
    const moved = source.readUInt32BE(12 + 8);
    expect(source.subarray(moved, moved + length)).toEqual(original.subarray(offset, offset + length));
  });
});
