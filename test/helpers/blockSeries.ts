import type { CtSeries } from './ctFile.ts';

const patient = { patient: 'TOOLS', rows: 120, columns: 160 };
/** A block of 100 HU, columns 40 … 79 and rows 30 … 69, on −50 HU; each slice 1 HU brighter. */
const block = (column: number, row: number, slice: number): number =>
  (column >= 40 && column < 80 && row >= 30 && row < 70 ? 100 : -50) + slice;
export const thick: CtSeries = {
  ...patient,
  name: 'thick',
  slices: 12,
  spacing: [0.8, 0.8],
  gap: 10,
  signed: true,
  window: { level: 40, width: 400 },
  value: block,
};
export const thin: CtSeries = { ...thick, name: 'thin', slices: 40, gap: 3 };
export const alone: CtSeries = {
  ...patient,
  patient: 'OTHER',
  name: 'alone',
  slices: 2,
  spacing: [0.8, 0.4],
  signed: true,
  value: block,
};
