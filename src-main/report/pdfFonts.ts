import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Content, TFontDictionary } from 'pdfmake/interfaces.js';

/** Packaged with pdfmake: Latin, Greek and Cyrillic letters. */
export const packagedFont = 'Roboto';

const folder = join(dirname(createRequire(import.meta.url).resolve('pdfmake/package.json')), 'fonts', 'Roboto');

interface ScriptFont {
  /** Under which pdfmake knows it. */
  name: string;
  /** Characters of the script, as the inside of a regular expression's class. */
  characters: string;
  /** Where Windows, macOS and Linux distributions keep a font that has them; the first that is there is taken. */
  files: readonly string[];
}

const windows = String.raw`C:\Windows\Fonts`;
const arialUnicode = ['/System/Library/Fonts/Supplemental/Arial Unicode.ttf', '/Library/Fonts/Arial Unicode.ttf'];
const noto = (script: string) => `/usr/share/fonts/truetype/noto/NotoSans${script}-Regular.ttf`;
const dejaVu = ['/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf', '/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf'];

const scriptFonts: readonly ScriptFont[] = [
  {
    name: 'EastAsian',
    characters: String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\u3000-\u303f\uff00-\uffef`,
    files: [
      join(windows, 'msyh.ttc'),
      join(windows, 'malgun.ttf'),
      ...arialUnicode,
      '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc',
      '/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc',
      '/usr/share/fonts/truetype/wqy/wqy-microhei.ttc',
      '/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf',
    ],
  },
  {
    name: 'NearEastern',
    characters: String.raw`\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Armenian}\p{Script=Georgian}`,
    files: [join(windows, 'arial.ttf'), ...arialUnicode, ...dejaVu, noto('Arabic')],
  },
  {
    name: 'SouthAsian',
    characters: String.raw`\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}`,
    files: [join(windows, 'Nirmala.ttf'), ...arialUnicode, noto('Devanagari')],
  },
  {
    name: 'Thai',
    characters: String.raw`\p{Script=Thai}`,
    files: [join(windows, 'LeelawUI.ttf'), ...arialUnicode, noto('Thai')],
  },
];

export interface PdfFonts {
  /** For pdfmake, with the files that it may read. */
  fonts: TFontDictionary;
  paths: ReadonlySet<string>;
  /** Some characters are in a script for which this machine has no font known here; boxes stand for them. */
  lacking: boolean;
  /** The same content with each run of another script set in its font, in texts and in drawings. */
  dress(content: Content): Content;
}

/** Fonts for a document with this text: the packaged one, and of the operating system what its scripts ask for. Only files are looked at. */
export function pdfFonts(text: string, exists: (path: string) => boolean = existsSync): PdfFonts {
  const asked = scriptFonts.filter(({ characters }) => new RegExp(`[${characters}]`, 'u').test(text));
  const found = asked.flatMap((script) => {
    const file = script.files.find((path) => exists(path));
    return file === undefined ? [] : [{ ...script, file }];
  });
  const packaged = {
    normal: join(folder, 'Roboto-Regular.ttf'),
    bold: join(folder, 'Roboto-Medium.ttf'),
    italics: join(folder, 'Roboto-Italic.ttf'),
    bolditalics: join(folder, 'Roboto-MediumItalic.ttf'),
  };
  const fonts: TFontDictionary = { [packagedFont]: packaged };
  for (const { name, file } of found) {
    const font = fontSource(file);
    fonts[name] = { normal: font, bold: font, italics: font, bolditalics: font };
  }
  return {
    fonts,
    paths: new Set([...Object.values(packaged), ...found.map(({ file }) => file)]),
    lacking: found.length < asked.length,
    dress: found.length === 0 ? (content) => content : (content) => dressed(content, found) as Content,
  };
}

/** Length of a collection's header before the offsets of its fonts, and of one entry of a font's directory of tables (OpenType, “Font file”). */
const collectionHeader = 12;
const directoryHeader = 12;
const directoryEntry = 16;

/**
 * A font file as pdfmake takes it: of a collection the first font. Its directory of tables, whose offsets count from the beginning of the
 * file, is put there in place of the collection's header and the other fonts' directories, which precede the tables.
 */
export function fontSource(path: string): string | Buffer {
  if (!path.endsWith('.ttc')) return path;
  const file = readFileSync(path);
  if (file.toString('latin1', 0, 4) !== 'ttcf') return file;
  const start = file.readUInt32BE(collectionHeader);
  const length = directoryHeader + directoryEntry * file.readUInt16BE(start + 4);
  file.copyWithin(0, start, start + length);
  return file;
}

type Found = readonly Pick<ScriptFont, 'name' | 'characters'>[];

function dressed(node: unknown, found: Found): unknown {
  if (typeof node === 'string') return textRuns(node, found);
  if (Array.isArray(node)) return node.map((one: unknown) => dressed(one, found));
  if (node === null || typeof node !== 'object') return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]: [string, unknown]) => {
      if (key === 'svg' && typeof value === 'string') return [key, drawingRuns(value, found)];
      if (key === 'text' && typeof value === 'string') return [key, runsOf(value, found)];
      return [key, holdsContent.has(key) ? dressed(value, found) : value];
    }),
  );
}

/** Where pdfmake looks for further content. */
const holdsContent = new Set(['text', 'stack', 'columns', 'ul', 'ol', 'table', 'body']);

const textRuns = (text: string, found: Found): unknown => {
  const runs = runsOf(text, found);
  return typeof runs === 'string' ? runs : { text: runs };
};

/** The text itself where it is all in the packaged font. */
function runsOf(text: string, found: Found): string | { text: string; font?: string }[] {
  const pattern = new RegExp(found.map(({ characters }) => `([${characters}]+)`).join('|'), 'gu');
  const runs: { text: string; font?: string }[] = [];
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    if (match.index > end) runs.push({ text: text.slice(end, match.index) });
    const place = match.slice(1).findIndex((group) => group !== undefined);
    runs.push({ text: match[0], font: found[place]!.name });
    end = match.index + match[0].length;
  }
  if (runs.length === 0) return text;
  if (end < text.length) runs.push({ text: text.slice(end) });
  return runs;
}

/** SVG text with a `tspan` around each run of another script. */
function drawingRuns(svg: string, found: Found): string {
  return svg.replaceAll(/>([^<>]+)<\/(text|tspan)>/g, (whole, text: string, tag: string) => {
    const runs = runsOf(text, found);
    if (typeof runs === 'string') return whole;
    const parts = runs.map((run) =>
      run.font === undefined
        ? run.text
        : `<tspan font-family="${run.font}" style="font-family:${run.font}">${run.text}</tspan>`,
    );
    return `>${parts.join('')}</${tag}>`;
  });
}
