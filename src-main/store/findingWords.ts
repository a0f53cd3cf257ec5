/** Findings in the words of whoever reads the images. */
import type { Finding, FindingCode, FindingImage, FindingState } from '../../src-shared/contract/findings.ts';
import type { SetName } from '../../src-shared/contract/vocabulary.ts';
import { formatCount, formatNumber } from '../../src-shared/domain/format.ts';
import type { Detail } from './leakage.ts';

export function kindOf(code: FindingCode): Finding['kind'] {
  return code.startsWith('CLASS_') ? 'shortcut' : 'leakage';
}

const subjects: Partial<Record<FindingCode, readonly [one: string, several: string]>> = {
  PATIENT_IN_TWO_SETS: ['1 patient is', 'patients are'],
  SAME_FILE_IN_TWO_SETS: ['1 file is', 'files are'],
  SAME_PIXELS_IN_TWO_SETS: ['1 picture with the same pixels is', 'pictures with the same pixels are'],
  NEAR_DUPLICATE_IN_TWO_SETS: ['1 pair of nearly the same picture is', 'pairs of nearly the same picture are'],
};

export function findingWords(
  code: FindingCode,
  cases: number,
  sets: readonly SetName[],
  message: string | null,
  state: FindingState,
): string {
  if (message !== null) return message;
  const [one, several] = subjects[code] ?? ['1 case is', 'cases are'];
  const where = `both ${sets.join(' and ')}.`;
  if (state === 'resolved')
    return `${(cases === 1 ? one : `${formatCount(cases)} ${several}`).replace(/ (is|are)$/, '')}: no longer in ${where}`;
  return `${cases === 1 ? one : `${formatCount(cases)} ${several}`} in ${where}`;
}

export function caseWords(code: FindingCode, detail: Detail, images: readonly FindingImage[]): string {
  if (detail.message !== undefined) return detail.message;
  const places = images.slice(0, 4).map(({ fileName, set }) => `${fileName} (${set ?? 'in no set'})`);
  if (code === 'PATIENT_IN_TWO_SETS') {
    const counts = new Map<string, number>();
    for (const { set } of images) counts.set(set ?? 'no set', (counts.get(set ?? 'no set') ?? 0) + 1);
    const where = [...counts].map(([set, count]) => `${count} in ${set}`);
    return `Patient ${images[0]?.patient ?? ''} has images in two sets: ${where.join(', ')}.`;
  }
  if (code === 'NEAR_DUPLICATE_IN_TWO_SETS') {
    const how = detail.mirrored === true ? ', mirrored' : '';
    return `${places.join(' and ')} show nearly the same (${formatNumber(detail.similarity ?? 0)}${how}).`;
  }
  if (code === 'SAME_FILE_IN_TWO_SETS')
    return `${places[0] ?? ''} was given a second time, for ${detail.claimed ?? 'another set'}.`;
  return `${places.join(', ')} have the same pixels.`;
}
