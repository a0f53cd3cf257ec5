import type { OperatingPoint } from '../../../src-shared/contract/metrics.ts';

/** How an operating point was chosen, in a few words. */
export function ruleWords({ rule, chosenOn }: Pick<OperatingPoint, 'rule' | 'chosenOn'>): string {
  if (rule === 'fixed') return 'fixed';
  const how =
    rule === 'youden'
      ? 'Youden'
      : rule === 'manual'
        ? 'moved by hand'
        : `sensitivity ≥ ${rule.slice('sensitivity>='.length)}`;
  return chosenOn === 'validation' ? `${how}, chosen on validation` : how;
}

/** Fewer images or patients than this are few: an interval is wide, and the AUC's normal approximation doubtful. */
export const few = 30;

/** "few" beside a denominator below 30, which the table explains. */
export function fewWords(n: number): string {
  return n < few ? ' · few' : '';
}
