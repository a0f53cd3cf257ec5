/** How much disk a run needs, before it is started. */
import type { Preflight } from '../../src-shared/contract/runs.ts';
import { formatBytes } from '../../src-shared/domain/format.ts';
import { workloadOf, type CountedConfiguration } from './workload.ts';

interface Counts {
  training: number;
  validation: number;
}

/** Checkpoints that are kept, and the one that is being written. */
const checkpoints = 4;
const floatBytes = 4;
/** Space that a machine needs to go on working. */
const spareBytes = 1024 ** 3;

/** The most that the run will write: network inputs, cached features, the kept model and its checkpoints. */
export function estimateDisk(
  configuration: CountedConfiguration,
  classes: number,
  counts: Counts,
  freeBytes: number,
): { disk: NonNullable<Preflight['disk']>; problems: Preflight['problems'] } {
  const work = workloadOf(configuration, classes);
  const images = counts.training + counts.validation;
  const slots = configuration.optimiser === 'sgd' ? 1 : 2;
  const kept = images + (configuration.augmentation.flip ? counts.training : 0);
  const neededBytes =
    images * configuration.preprocessing.imageSize ** 2 +
    kept * work.features * floatBytes +
    floatBytes * (2 * work.weights + checkpoints * (work.weights + slots * work.trainedWeights));
  const disk = { neededBytes, freeBytes };
  if (neededBytes + spareBytes <= freeBytes) return { disk, problems: [] };
  const lighter = configuration.head === 'full' ? 'choose the compact head, ' : '';
  return {
    disk,
    problems: [
      {
        severity: neededBytes > freeBytes ? 'blocks' : 'careful',
        message: `The run may need ${formatBytes(neededBytes)} of disk for its model and checkpoints; ${formatBytes(freeBytes)} are free where the project lies.`,
        remedy: `Make room, ${lighter}or delete runs that are not needed any more.`,
      },
    ],
  };
}
