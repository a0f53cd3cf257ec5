import type { TrainJob } from '../../../src-shared/contract/compute.ts';
import type { BackendInfo, ModelCard } from '../../../src-shared/contract/training.ts';

/** What the card of a run's model says whichever epoch is kept. */
export function cardOf(
  { configuration, classes, positive, snapshotSha256, softwareVersion }: TrainJob,
  backend: BackendInfo,
  initialWeightsSha256: string | null,
): Omit<ModelCard, 'weightsSha256' | 'epoch' | 'validation' | 'normalisation'> {
  return {
    format: 'parenchyma-model',
    version: 1,
    architecture: configuration.architecture,
    head: configuration.head,
    classes,
    positiveClass: classes[positive]!,
    preprocessing: configuration.preprocessing,
    configuration,
    initialWeightsSha256,
    snapshotSha256,
    softwareVersion,
    backend,
    createdAt: new Date().toISOString(),
  };
}
