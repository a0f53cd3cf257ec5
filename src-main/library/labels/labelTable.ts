/** A table of labels as somebody else wrote it: which line names which image, and what it says of it. */
import { parseCsv } from '../../evaluation/index.ts';

/** What a table can name an image by. */
export interface ImageName {
  id: number;
  frame: number;
  /** Of the file. */
  sha256: string;
  /** Below the source, '/' between names. */
  path: string;
  name: string;
}

export interface TableLabel {
  line: number;
  imageId: number;
  /** Null takes the label away. */
  className: string | null;
}

export interface LineRefusal {
  /** Line of the file; 1 is the header, 0 the whole file. */
  line: number;
  reason: string;
}

export interface LabelTable {
  labels: TableLabel[];
  /** Lines with content, without the header. */
  lines: number;
  refusals: LineRefusal[];
}

const labelNames = ['label', 'class', 'diagnosis'];
const hashNames = ['sha256', 'file_sha256'];
const pathNames = ['file', 'path', 'file_name', 'filename', 'image', 'name'];
const sha256Pattern = /^[0-9a-f]{64}$/;
const longestClass = 64;

/** An apostrophe that keeps a spreadsheet from running a cell is no part of it (report/csv.ts puts it there). */
const plain = (cell: string): string => cell.trim().replace(/^'(?=[=+\-@\t\r＝＋－＠])/, '');

/**
 * Reads a table with a header: the label in `label` or `class`, the image by `sha256` of its file (with `frame`, from 0, where it has
 * several) or by `file`: a path below its source, or a file name where only one image has it. An empty label takes the label away.
 * A line that cannot be read is refused with its reason; the others stand.
 */
export function readLabelTable(text: string, images: readonly ImageName[]): LabelTable {
  const find = imageFinder(images);
  const refusals: LineRefusal[] = [];
  const byImage = new Map<number, TableLabel>();
  let columns: Columns | string | null = null;
  let lines = 0;
  const result = parseCsv(
    text,
    ({ line, cells }) => {
      if (columns === null) {
        columns = columnsOf(cells);
        if (typeof columns === 'string') refusals.push({ line, reason: columns });
        return;
      }
      if (typeof columns === 'string') return;
      lines += 1;
      const read = readLine(cells, columns, find);
      if (typeof read === 'string') {
        refusals.push({ line, reason: read });
        return;
      }
      const before = byImage.get(read.imageId);
      if (before && before.className !== read.className) {
        const said = (name: string | null) => (name === null ? 'no label' : `"${name}"`);
        refusals.push({
          line,
          reason: `Line ${before.line} says ${said(before.className)} of the same image, this one ${said(read.className)}; line ${before.line} stands.`,
        });
      } else if (!before) byImage.set(read.imageId, { line, ...read });
    },
    labelNames,
  );
  if (result.kind === 'refused') {
    return { labels: [], lines, refusals: [{ line: result.problem.line, reason: result.problem.message }] };
  }
  if (columns === null) refusals.push({ line: 0, reason: 'The table is empty.' });
  return { labels: [...byImage.values()], lines, refusals };
}

interface Columns {
  label: number;
  sha256: number;
  frame: number;
  path: number;
}

/** Or why the header will not do. */
function columnsOf(header: readonly string[]): Columns | string {
  const names = header.map((cell) => cell.trim().toLowerCase());
  const place = (wanted: readonly string[]) => names.findIndex((name) => wanted.includes(name));
  const columns = {
    label: place(labelNames),
    sha256: place(hashNames),
    frame: place(['frame']),
    path: place(pathNames),
  };
  if (columns.label < 0) return 'There is no column "label" (or "class").';
  if (columns.sha256 < 0 && columns.path < 0) return 'There is no column that names the image: "sha256" or "file".';
  return columns;
}

type Found = { ids: readonly number[]; words: string };
type Finder = (wanted: { sha256: string; path: string; frame: number | null }) => Found;

function imageFinder(images: readonly ImageName[]): Finder {
  const index = (key: (image: ImageName) => string) => Map.groupBy(images, key);
  const bySha256 = index((image) => image.sha256);
  const byPath = index((image) => image.path);
  const byName = index((image) => image.name);
  return ({ sha256, path, frame }) => {
    const [all, words] =
      sha256 !== ''
        ? [bySha256.get(sha256), `with the hash ${sha256.slice(0, 12)}…`]
        : [byPath.get(path) ?? byName.get(path), `called "${path}"`];
    const fitting = (all ?? []).filter((image) => frame === null || image.frame === frame);
    return { ids: fitting.map(({ id }) => id), words: frame === null ? words : `${words}, frame ${frame}` };
  };
}

function readLine(cells: readonly string[], columns: Columns, find: Finder): Omit<TableLabel, 'line'> | string {
  const cell = (place: number): string => (place < 0 ? '' : plain(cells[place] ?? ''));
  const sha256 = cell(columns.sha256).toLowerCase();
  const path = cell(columns.path).replaceAll('\\', '/');
  const frameText = cell(columns.frame);
  if (sha256 === '' && path === '') return 'The line names no image.';
  if (sha256 !== '' && !sha256Pattern.test(sha256))
    return `"${sha256.slice(0, 20)}" is no sha256: 64 hexadecimal digits.`;
  if (frameText !== '' && !/^\d{1,6}$/.test(frameText)) return `"${frameText.slice(0, 20)}" is no number of a frame.`;
  const className = cell(columns.label);
  if (className.length > longestClass) return `The name of the class is longer than ${longestClass} characters.`;
  const { ids, words } = find({ sha256, path, frame: frameText === '' ? null : Number(frameText) });
  if (ids.length === 0) return `There is no image ${words} in this project.`;
  if (ids.length > 1) {
    return `${ids.length} images are ${words}: name one by its path below the source, or by sha256 and frame.`;
  }
  return { imageId: ids[0]!, className: className === '' ? null : className };
}
