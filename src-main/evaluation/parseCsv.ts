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

export type CsvResult = { kind: 'parsed'; records: number } | { kind: 'refused'; problem: CsvProblem };

/**
 * CSV by RFC 4180: quoted cells with doubled quotes and line breaks, CRLF or LF, a byte order mark, blank lines skipped.
 * The delimiter is the comma, or the semicolon or tab where the first line has no comma outside quotes. Records are handed on one by
 * one, with the delimiter, so that a long table is never held as cells.
 */
export function parseCsv(text: string, onRecord: (record: CsvRecord, delimiter: string) => void): CsvResult {
  const start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  const delimiter = delimiterOf(text, start);
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

function delimiterOf(text: string, start: number): string {
  const end = text.slice(start).search(/[\r\n]/);
  const header = text.slice(start, end < 0 ? undefined : start + end).replaceAll(/"[^"]*"/g, '');
  if (header.includes(',')) return ',';
  if (header.includes(';')) return ';';
  return header.includes('\t') ? '\t' : ',';
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
