/** What deleting a run means, in sentences. */
import type { Removal } from '../../../../src-shared/contract/runRecords.ts';
import { formatBytes, formatQuantity } from '../../../../src-shared/domain/format.ts';

/** What goes for good; never empty, since at least the run itself goes. */
export function removedWords({ removed }: Removal): string[] {
  const words = ['its configuration, note and tags'];
  if (removed.files > 0) {
    words.push(
      `its model and what lies beside it: ${formatQuantity(removed.files, 'file')}, ${formatBytes(removed.bytes)}`,
    );
  }
  if (removed.epochs > 0) words.push(`its curves: ${formatQuantity(removed.epochs, 'epoch')}`);
  if (removed.evaluations > 0) {
    words.push(`its figures on ${formatQuantity(removed.evaluations, 'set')}`);
  }
  if (removed.predictions > 0) words.push(formatQuantity(removed.predictions, 'prediction'));
  if (removed.audits > 0) words.push(formatQuantity(removed.audits, 'shortcut audit'));
  return words;
}

/** What stays on record; the run's number is not given again while anything does. */
export function remainsWords({ remains }: Removal): string[] {
  const words = ['the images and their labels, and the list of images that it was trained on'];
  if (remains.testOpenings > 0) {
    words.push(`${formatQuantity(remains.testOpenings, 'opening')} of the test set, printed in every report`);
  }
  if (remains.operatingPoints > 0) words.push(formatQuantity(remains.operatingPoints, 'frozen operating point'));
  if (remains.reviews > 0) words.push(`${formatQuantity(remains.reviews, 'entry', 'entries')} of readers`);
  if (remains.reports > 0) {
    words.push(`${formatQuantity(remains.reports, 'report')} already written, with their figures`);
  }
  return words;
}
