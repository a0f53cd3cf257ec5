import { open } from 'node:fs/promises';
import { readCsvTable, type CsvReadOptions, type CsvTableResult } from './csvTable.ts';
import type { CsvProblem } from './parseCsv.ts';

/** A table that cannot be judged, with its problems by line. */
export interface CsvRefusal {
  kind: 'refused';
  file: string;
  problems: CsvProblem[];
  total: number;
}
export type CsvFile = Exclude<CsvTableResult, { kind: 'refused' }> | CsvRefusal;

/** Largest table read, in bytes. */
const sizeLimit = 512 * 1024 * 1024;

/** A predictions table from a file of UTF-8 text. */
export async function readCsvFile(path: string, options: CsvReadOptions): Promise<CsvFile> {
  const text = await readText(path);
  if (typeof text !== 'string') return text;
  const read = readCsvTable(text, options);
  return read.kind === 'refused' ? { ...read, file: path } : read;
}

async function readText(path: string): Promise<string | CsvRefusal> {
  try {
    await using file = await open(path, 'r');
    const { size } = await file.stat();
    if (size > sizeLimit) return refuseFile(path, 'FILE_TOO_LARGE', 'The file is larger than 512 MiB.');
    const bytes = await file.readFile();
    if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
      return refuseFile(path, 'UTF16', 'The file is UTF-16 text; save it as “CSV UTF-8”.');
    }
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) {
      return refuseFile(path, 'NOT_UTF8', 'The file is not UTF-8 text; save it as “CSV UTF-8”.');
    }
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN';
    const words =
      code === 'ENOENT'
        ? 'There is no such file.'
        : code === 'EISDIR'
          ? 'This is a folder, not a file.'
          : `The file cannot be read (${code}).`;
    return refuseFile(path, 'UNREADABLE', words);
  }
}

/** A refusal of the file as a whole. */
export function refuseFile(file: string, code: string, message: string): CsvRefusal {
  return { kind: 'refused', file, problems: [{ line: 0, code, message }], total: 1 };
}
