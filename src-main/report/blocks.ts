import type { ChartTheme } from '../../src-shared/charts/index.ts';

/** What a page is made of; PDF and HTML render the same blocks. All texts are plain text. */
export type Block =
  | { kind: 'subheading'; text: string }
  | { kind: 'paragraph'; text: string; quiet?: boolean }
  | { kind: 'list'; items: readonly string[] }
  /** Names and values in two columns. */
  | { kind: 'facts'; rows: readonly (readonly [name: string, value: string])[] }
  | { kind: 'table'; table: TableBlock }
  /** Drawings side by side, two to a row. */
  | { kind: 'figures'; figures: readonly Figure[] };

export interface TableBlock {
  caption?: string;
  columns: readonly { title: string; align?: 'left' | 'right'; wide?: boolean }[];
  rows: readonly (readonly string[])[];
  /** Smaller type for long tables. */
  dense?: boolean;
  /** Rows whose text stands out. */
  strongRows?: readonly number[];
}

export interface Figure {
  caption: string;
  /** Pixels of the drawing, which is scaled to the room there is. */
  width: number;
  height: number;
  /** Takes the full width of the page. */
  wide?: boolean;
  draw(theme: ChartTheme): string;
}

export interface Section {
  number: number;
  title: string;
  blocks: Block[];
  /** Begins on a new page. */
  newPage?: boolean;
}
