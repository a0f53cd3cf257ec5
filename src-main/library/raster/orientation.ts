/** EXIF orientation (JEITA CP-3451, tag 274): how stored rows and columns lie in the picture as it is meant to be seen. */
export interface Picture<T> {
  rows: number;
  columns: number;
  data: T;
}

interface Writable {
  [index: number]: number;
  readonly length: number;
  slice(): Writable;
}

/** `samples` values per pixel. Orientations 5 … 8 swap rows and columns; 1 and anything unknown leave the picture as it is. */
export function orient<T extends Writable>(picture: Picture<T>, orientation: number, samples: number): Picture<T> {
  if (orientation < 2 || orientation > 8) return picture;
  const { rows, columns, data } = picture;
  const swapped = orientation >= 5;
  const result = { rows: swapped ? columns : rows, columns: swapped ? rows : columns, data: data.slice() as T };
  for (let row = 0; row < result.rows; row++) {
    for (let column = 0; column < result.columns; column++) {
      const from = samples * storedIndex(orientation, row, column, rows, columns);
      const to = samples * (row * result.columns + column);
      for (let sample = 0; sample < samples; sample++) result.data[to + sample] = data[from + sample]!;
    }
  }
  return result;
}

/** Pixel of the stored picture that is seen at (row, column). */
function storedIndex(orientation: number, row: number, column: number, rows: number, columns: number): number {
  const lastRow = rows - 1;
  const lastColumn = columns - 1;
  const places: Readonly<Record<number, readonly [number, number]>> = {
    2: [row, lastColumn - column],
    3: [lastRow - row, lastColumn - column],
    4: [lastRow - row, column],
    5: [column, row],
    6: [lastRow - column, row],
    7: [lastRow - column, lastColumn - row],
    8: [column, lastColumn - row],
  };
  const [storedRow, storedColumn] = places[orientation]!;
  return storedRow * columns + storedColumn;
}
