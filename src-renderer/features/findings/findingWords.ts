import type { CheckState, Finding } from '../../../src-shared/contract/findings.ts';
import { formatCount, formatQuantity } from '../../../src-shared/domain/format.ts';

export const stateWords = { open: 'open', accepted: 'accepted', resolved: 'resolved' } as const;
export const stateTones = { open: 'careful', accepted: 'info', resolved: 'good' } as const;

/** How far the background check is, in words; null when it is done. */
export function checkWords(check: CheckState, running: boolean): string | null {
  if (check.upToDate) return null;
  const rest = check.images - check.measured;
  if (running) return 'The images are being compared; more may be found.';
  return rest > 0
    ? `${formatQuantity(rest, 'image')} not compared with the others yet.`
    : 'Labels or images have changed since the last check.';
}

/** "3 open, 1 accepted" of the cases of a finding; '' where there is one only. */
export function caseCounts({ cases }: Finding): string {
  const parts = [
    cases.open > 0 ? `${formatCount(cases.open)} open` : '',
    cases.accepted > 0 ? `${formatCount(cases.accepted)} accepted` : '',
    cases.resolved > 0 ? `${formatCount(cases.resolved)} resolved` : '',
  ].filter(Boolean);
  return cases.open + cases.accepted + cases.resolved > 1 ? parts.join(', ') : '';
}
