import type { ImageFilter } from '../../../src-shared/contract/library.ts';

/** Conditions in force beyond folder, class, set and text, which have their own place. */
export function countConditions(filter: ImageFilter): number {
  const { format, modality, scanner, thickness, size, finding, duplicate, excluded, fold, patientId } = filter;
  const given = [format, modality, scanner, thickness, size, finding, duplicate, excluded, fold, patientId];
  return (
    given.filter((one) => one !== null).length +
    [filter.keyImages, filter.reviewed, filter.unreadBy].filter((one) => one !== undefined).length
  );
}

/** A range with one end changed to what was typed; null when neither end is left. */
export function rangeOf(range: ImageFilter['size'], end: 'from' | 'to', text: string): ImageFilter['size'] {
  const value = text.trim() === '' || !Number.isFinite(Number(text)) ? null : Number(text);
  const next = { from: range?.from ?? null, to: range?.to ?? null, [end]: value };
  return next.from === null && next.to === null ? null : next;
}
