import type { Failure } from '../../src-shared/contract/errors.ts';
import type { RunConfiguration } from '../../src-shared/contract/training.ts';

/** Batch with which a training that ran out of memory can be tried again: half of it; null where there is no smaller one. */
export function smallerBatch(batchSize: number): number | null {
  return batchSize > 1 ? Math.floor(batchSize / 2) : null;
}

/** What to do after a training ran out of memory. */
export function memoryRemedy({ batchSize, head, freeze }: RunConfiguration): Failure['remedy'] {
  const next = smallerBatch(batchSize);
  const lighter = [
    'a smaller image size',
    ...(head === 'full' ? ['the compact head'] : []),
    ...(freeze === 'backbone' ? [] : ['a frozen backbone']),
  ].join(' or ');
  return next === null
    ? `The batch cannot be smaller: choose ${lighter}, or close other programs.`
    : `Train again with a batch of ${next} instead of ${batchSize} (command line: --batch ${next}, or --retry-smaller-batch), or choose ${lighter}.`;
}
