/** One record of a CSV text with the line it starts on (1 = first line of the file). */
export interface CsvRecord {
  line: number;
  cells: string[];
}

export interface CsvProblem {
  /** Line of the file, 1 = first; 0 where the whole file is meant. */
  line: number;
  code: string;
  message: string;
}

export const csvLimits = { records: 5_000_000, columns: 256, cellCharacters: 10_000 } as const;

/** As much of a text as is searched for its first line. */
const headerCharacters = 1_000_000;

export type CsvResult = { kind: 'parsed'; records: number } | { kind: 'refused'; problem: CsvProblem };

/**
 * CSV by RFC 4180: quoted cells with doubled quotes and line breaks, CRLF or LF, a byte order mark, blank lines skipped.
 * The delimiter is the first of comma, semicolon and tab by which the first line names one of `columns` (in lower case); else the comma, or
 * the semicolon or tab where that line has no comma outside quotes. Records are handed on one by one, with the delimiter, so that a long
 * table is never held as cells.
 */
export function parseCsv(
  text: string,
  onRecord: (record: CsvRecord, delimiter: string) => void,
  columns: readonly string[] = [],
): CsvResult {
  const start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  const delimiter = delimiterOf(text, start, columns);
  let records = 0;
  const refuse = (line: number, code: string, message: string): CsvResult => ({
    kind: 'refused',
    problem: { line, code, message },
  });
  let line = 1;
  let at = start;
  while (at < text.length) {
    const record: CsvRecord = { line, cells: [] };
    for (;;) {
      const cell = readCell(text, at, delimiter);
      if (cell.kind === 'unclosed') return refuse(line, 'UNCLOSED_QUOTE', 'A quoted cell does not end.');
      if (cell.kind === 'stray') return refuse(line, 'STRAY_QUOTE', 'After a closing quote the cell goes on.');
      if (cell.text.length > csvLimits.cellCharacters) return refuse(line, 'CELL_TOO_LONG', 'A cell is too long.');
      record.cells.push(cell.text);
      if (record.cells.length > csvLimits.columns)
        return refuse(line, 'TOO_MANY_COLUMNS', 'The line has too many cells.');
      line += cell.lineBreaks;
      at = cell.end;
      if (text[at] !== delimiter) break;
      at += 1;
    }
    if (text[at] === '\r' && text[at + 1] === '\n') at += 1;
    at += 1;
    line += 1;
    if (record.cells.length > 1 || record.cells[0]!.trim() !== '') {
      records += 1;
      onRecord(record, delimiter);
    }
    if (records > csvLimits.records) return refuse(line, 'TOO_MANY_ROWS', 'The table has too many rows.');
  }
  return { kind: 'parsed', records };
}

const delimiters = [',', ';', '\t'] as const;

function delimiterOf(text: string, start: number, columns: readonly string[]): string {
  const [header = ''] = /^[^\r\n]*\S[^\r\n]*/m.exec(text.slice(start, start + headerCharacters)) ?? [];
  const named = delimiters.find((delimiter) =>
    cellsOfLine(header, delimiter).some((cell) => columns.includes(cell.trim().toLowerCase())),
  );
  if (named !== undefined) return named;
  const unquoted = header.replaceAll(/"[^"]*"/g, '');
  return delimiters.find((delimiter) => unquoted.includes(delimiter)) ?? ',';
}

function cellsOfLine(line: string, delimiter: string): string[] {
  const cells: string[] = [];
  for (let at = 0; at <= line.length; at += 1) {
    const cell = readCell(line, at, delimiter);
    if (cell.kind !== 'cell') return cells;
    cells.push(cell.text);
    at = cell.end;
  }
  return cells;
}

type Cell = { kind: 'cell'; text: string; end: number; lineBreaks: number } | { kind: 'unclosed' } | { kind: 'stray' };

function readCell(text: string, from: number, delimiter: string): Cell {
  const endsCell = (at: number): boolean =>
    at >= text.length || text[at] === delimiter || text[at] === '\n' || text[at] === '\r';
  if (text[from] !== '"') {
    let end = from;
    while (!endsCell(end)) end += 1;
    return { kind: 'cell', text: text.slice(from, end), end, lineBreaks: 0 };
  }
  let at = from + 1;
  let content = '';
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) return { kind: 'unclosed' };
    content += text.slice(at, quote);
    at = quote + 1;
    if (text[at] !== '"') break;
    content += '"';
    at += 1;
  }
  if (!endsCell(at)) return { kind: 'stray' };
  return { kind: 'cell', text: content, end: at, lineBreaks: content.split('\n').length - 1 };
}
