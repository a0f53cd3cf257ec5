import { ExpectedError } from '../../src-shared/contract/errors.ts';
import type { ClassSummary } from '../../src-shared/contract/project.ts';
import type { EpochRecord, RunConfiguration } from '../../src-shared/contract/training.ts';
import { planOf } from './plan.ts';
import type { DatasetImage } from './images.ts';
import type { InputSource, Snapshot, Trainer, TrainingStore } from './ports.ts';
import { preflight } from './preflight.ts';

export interface TrainingParts {
  store: TrainingStore;
  inputs: InputSource;
  trainer: Trainer;
  /** Freezes data and preprocessing; what a run can later be checked against. */
  freeze(dataset: readonly DatasetImage[], configuration: RunConfiguration): Snapshot;
  /** Folder of one run below the project. */
  runDirectory(run: string): string;
  cacheDirectory: string;
  softwareVersion: string;
  now(): string;
  onEpoch(run: string, record: EpochRecord): void;
  onChange(): void;
}

export interface CreationOptions {
  /** Other images than those of the split in force, as the folds of a cross-validation are. */
  dataset?: readonly DatasetImage[];
  /** `queued`: it waits for its turn. */
  state?: 'preparing' | 'queued';
}

/** Checks, freezes the data and records a new run; nothing is computed yet. Throws when the preflight finds what blocks it. */
export function createRun(
  parts: TrainingParts,
  configuration: RunConfiguration,
  { dataset = parts.store.dataset(), state = 'preparing' }: CreationOptions = {},
): string {
  refuseBlocked(configuration, parts.store.classes(), dataset);
  const snapshot = parts.freeze(dataset, configuration);
  const { id } = parts.store.createRun(configuration, snapshot, parts.now(), state);
  parts.store.savePlan(id, planOf(dataset, modelClasses(parts.store), snapshot.sha256));
  parts.onChange();
  return id;
}

/** Throws what the preflight finds that blocks a run. */
export function refuseBlocked(
  configuration: RunConfiguration,
  classes: readonly ClassSummary[],
  dataset: readonly DatasetImage[],
): void {
  const checked = preflight(configuration, classes, dataset, null);
  const blocking = checked.problems.filter((problem) => problem.severity === 'blocks');
  if (blocking.length > 0) {
    throw new ExpectedError({
      code:
        dataset.length === 0
          ? 'NO_SPLIT'
          : blocking.some((one) => one.message.includes('class'))
            ? 'ONE_CLASS_ONLY'
            : 'INVALID_INPUT',
      message: blocking.map((one) => one.message).join(' '),
      kept: 'No run was started.',
      remedy: blocking.map((one) => one.remedy).join(' '),
    });
  }
}

/** Classes in use, in the order in which the model's outputs stand. */
export function modelClasses(store: Pick<TrainingStore, 'classes'>): {
  ids: number[];
  names: string[];
  positive: number;
} {
  const used = store.classes().filter((one) => one.images > 0);
  return {
    ids: used.map((one) => one.id),
    names: used.map((one) => one.name),
    positive: used.findIndex((one) => one.positive),
  };
}

export function noBackend(): ExpectedError {
  return new ExpectedError({
    code: 'NO_BACKEND',
    message: 'No engine works on this machine.',
    remedy: 'Open the device chip, or run `parenchyma doctor`, to see what is missing and how to get it.',
  });
}
