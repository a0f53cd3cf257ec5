/** What lies on the disk of a run or a search, and why, in sentences. */
import type { DiskUse } from '../../../../src-shared/contract/diskUse.ts';
import type { RunDetail } from '../../../../src-shared/contract/runs.ts';
import type { SearchState } from '../../../../src-shared/contract/search.ts';
import { formatBytes, formatQuantity } from '../../../../src-shared/domain/format.ts';

const total = ({ modelBytes, checkpointBytes, otherBytes }: DiskUse) => modelBytes + checkpointBytes + otherBytes;

export function runDiskWords(use: DiskUse, { state, best }: Pick<RunDetail, 'state' | 'best'>): string[] {
  if (total(use) === 0) return ['Nothing of it is on the disk.'];
  const words: string[] = [];
  if (use.modelBytes > 0) {
    words.push(`${formatBytes(use.modelBytes)}: the model of epoch ${best?.epoch ?? '?'}, the best on validation.`);
  }
  if (use.checkpoints > 0) {
    const many = `${formatBytes(use.checkpointBytes)}: ${formatQuantity(use.checkpoints, 'checkpoint')}`;
    if (state === 'finished')
      words.push(
        `${many}, the newest, from which it can be trained longer. The older ones were deleted when it ended.`,
      );
    else if (state === 'training' || state === 'preparing')
      words.push(`${many}; three are kept while it is trained, one when it has ended.`);
    else words.push(`${many}, from which it can go on.`);
  }
  if (use.otherBytes > 0) words.push(`${formatBytes(use.otherBytes)}: records.`);
  return words;
}

export function searchDiskWords(use: DiskUse, state: SearchState): string {
  if (total(use) === 0) return 'Nothing of it is on the disk.';
  const size = formatBytes(total(use));
  if (state === 'finished' || state === 'cancelled') {
    return `${size} on the disk: the records of all trials and the model of the best. Their checkpoints and the other models were deleted when the search ended.`;
  }
  return `${size} on the disk, ${formatBytes(use.checkpointBytes)} of it in ${formatQuantity(use.checkpoints, 'checkpoint')}. When the search ends, checkpoints and all models but the best are deleted.`;
}
