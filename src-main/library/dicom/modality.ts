/** Modality LUT and VOI of one frame: from stored values to HU (or the modality's own unit) and to the file's windows. */
import type { DataSet } from 'dicom-parser';
import { voiFunctions, type NamedWindow, type PixelUnits, type VoiTable } from '../outcomes.ts';
import { code, decimals, firstDecimal, item, text } from './attributes.ts';
import { frameGroup } from './functionalGroups.ts';
import { readTable } from './lookupTables.ts';
import { tags } from './tags.ts';

export interface ModalityTransform {
  slope: number;
  intercept: number;
  /** A table takes the place of slope and intercept. */
  table: VoiTable | null;
  units: PixelUnits;
}

/** CT is in HU when the file rescales and does not name another unit (PS3.3 C.8.2.1.1.2, C.11.1.1.2). */
export function readModality(dataSet: DataSet, frame: number, signed: boolean, warnings: string[]): ModalityTransform {
  const lut = item(dataSet, tags.ModalityLutSequence);
  const table = lut && readTable(lut, signed);
  if (table !== null) return { slope: 1, intercept: 0, table, units: 'unit' };
  const group = frameGroup(dataSet, tags.PixelValueTransformationSequence, frame);
  const intercept = firstDecimal(group, tags.RescaleIntercept);
  const slope = firstDecimal(group, tags.RescaleSlope);
  const type = code(group, tags.RescaleType);
  const computed = code(dataSet, tags.Modality) === 'CT';
  if (intercept === null || slope === null) {
    if (computed) warnings.push('Rescale slope or intercept is missing; the values are not taken for HU.');
    return {
      slope: slope === null || slope === 0 ? 1 : slope,
      intercept: intercept ?? 0,
      table: null,
      units: intercept === null && slope === null ? 'gray' : 'unit',
    };
  }
  if (slope === 0) warnings.push('Rescale slope is 0; 1 was taken.');
  const hounsfield = computed ? type === null || type === 'HU' || type === 'US' : type === 'HU';
  return { slope: slope === 0 ? 1 : slope, intercept, table: null, units: hounsfield ? 'HU' : 'unit' };
}

/** The file's windows; those without a usable width are passed over. */
export function readWindows(dataSet: DataSet, frame: number): NamedWindow[] {
  const group = frameGroup(dataSet, tags.FrameVoiLutSequence, frame);
  const levels = decimals(group, tags.WindowCenter) ?? [];
  const widths = decimals(group, tags.WindowWidth) ?? [];
  const explanations = text(group, tags.WindowExplanation)?.split('\\') ?? [];
  const named = code(group, tags.VoiLutFunction);
  const shape = voiFunctions.find((one) => one === named) ?? 'LINEAR';
  return levels.flatMap((level, index) => {
    const width = widths[index];
    if (width === undefined || width <= 0) return [];
    return [{ level, width, explanation: explanations[index]?.trim() ?? '', function: shape }];
  });
}

export function readVoiTable(dataSet: DataSet, frame: number, signed: boolean): VoiTable | null {
  const lut = item(frameGroup(dataSet, tags.FrameVoiLutSequence, frame), tags.VoiLutSequence);
  return lut && readTable(lut, signed);
}
