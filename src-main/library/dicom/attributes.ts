/** Typed reading of attributes: what is missing or not what it should be comes back as null. */
import type { DataSet } from 'dicom-parser';
import { decodeText } from './characterSet.ts';
import { tags, type TagName } from './tags.ts';

/** Longest text kept of any attribute. */
const longestText = 1024;

export function text(dataSet: DataSet, tag: TagName): string | null {
  const element = dataSet.elements[tag];
  if (element === undefined || element.items !== undefined || element.length <= 0) return null;
  const bytes = dataSet.byteArray.subarray(
    element.dataOffset,
    element.dataOffset + Math.min(element.length, longestText),
  );
  const value = decodeText(bytes, dataSet.string(tags.SpecificCharacterSet) ?? '')
    .replace(/[\0 ]+$/, '')
    .trim();
  return value === '' ? null : value;
}

/** One code string or UID, without padding. */
export function code(dataSet: DataSet, tag: TagName): string | null {
  const value = text(dataSet, tag)?.split('\\')[0]?.trim();
  return value === undefined || value === '' ? null : value;
}

/** All values of a DS or IS attribute; null when one of them is no number. */
export function decimals(dataSet: DataSet, tag: TagName): number[] | null {
  const value = text(dataSet, tag);
  if (value === null) return null;
  const numbers = value.split('\\').map(decimal);
  return numbers.every((one): one is number => one !== null) ? numbers : null;
}

export function firstDecimal(dataSet: DataSet, tag: TagName): number | null {
  return decimals(dataSet, tag)?.[0] ?? null;
}

export function decimal(value: string): number | null {
  return /^\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*$/.test(value) ? Number(value) : null;
}

export function integer(dataSet: DataSet, tag: TagName): number | null {
  const value = firstDecimal(dataSet, tag);
  return value !== null && Number.isSafeInteger(value) ? value : null;
}

export function unsigned16(dataSet: DataSet, tag: TagName, index = 0): number | null {
  const element = dataSet.elements[tag];
  if (element === undefined || element.length < 2 * (index + 1)) return null;
  return dataSet.uint16(tag, index) ?? null;
}

export function signed16(dataSet: DataSet, tag: TagName, index = 0): number | null {
  const element = dataSet.elements[tag];
  if (element === undefined || element.length < 2 * (index + 1)) return null;
  return dataSet.int16(tag, index) ?? null;
}

/** Data set of the item at `index` of a sequence. */
export function item(dataSet: DataSet, tag: TagName, index = 0): DataSet | null {
  return dataSet.elements[tag]?.items?.[index]?.dataSet ?? null;
}
