import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ComputeEvent } from '../../src-shared/contract/compute.ts';
import { ExpectedError, type Failure } from '../../src-shared/contract/errors.ts';
import type { JobContext } from '../../src-shared/contract/progress.ts';
import type { EpochRecord, RunConfiguration } from '../../src-shared/contract/training.ts';
import { prepareInputs } from './inputs.ts';
import type { DatasetImage, InputSource, ProgressEvent, Snapshot, Trainer, TrainingStore } from './ports.ts';
import { preflight } from './preflight.ts';
import { memoryRemedy } from './retry.ts';

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

/** Checks, freezes the data and records a new run; nothing is computed yet. Throws when the preflight finds what blocks it. */
export function createRun(
  parts: TrainingParts,
  configuration: RunConfiguration,
): { run: string; dataset: DatasetImage[]; snapshot: Snapshot } {
  const dataset = parts.store.dataset();
  const checked = preflight(configuration, parts.store.classes(), dataset, null);
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
  const snapshot = parts.freeze(dataset, configuration);
  const { id } = parts.store.createRun(configuration, snapshot, parts.now());
  parts.onChange();
  return { run: id, dataset, snapshot };
}

/**
 * Carries a created run to its end: prepares the inputs, trains in the compute process, records every epoch as it comes.
 * Whatever happens, the run's row says how it ended, and the best epoch written until then is kept.
 */
export async function executeRun(
  parts: TrainingParts,
  created: ReturnType<typeof createRun>,
  configuration: RunConfiguration,
  context: JobContext,
): Promise<void> {
  const { run } = created;
  try {
    await train(parts, created, configuration, context);
  } catch (error) {
    const cancelled = context.signal.aborted;
    const failure = failureOf(error, cancelled, configuration);
    parts.store.setRunState(run, cancelled ? 'cancelled' : 'failed', { endedAt: parts.now(), failure });
    parts.onChange();
    // Only here is it known with which batch to try again.
    throw failure.code === 'OUT_OF_MEMORY' ? new ExpectedError(failure, { cause: error }) : error;
  }
  parts.onChange();
}

async function train(
  parts: TrainingParts,
  { run, dataset, snapshot }: ReturnType<typeof createRun>,
  configuration: RunConfiguration,
  context: JobContext,
): Promise<void> {
  const { chosen } = await parts.trainer.status();
  if (!chosen) throw noBackend();
  const images = dataset.filter((image) => image.set !== 'test');
  const inputs = await prepareInputs(
    parts.inputs,
    images,
    configuration.preprocessing,
    join(parts.cacheDirectory, 'inputs'),
    context,
  );
  const classes = modelClasses(parts.store);
  const runDirectory = parts.runDirectory(run);
  await mkdir(runDirectory, { recursive: true });
  parts.store.setRunState(run, 'training', { backend: chosen });
  parts.onChange();

  const result = await parts.trainer.train(
    {
      runDirectory,
      cacheDirectory: join(parts.cacheDirectory, 'features'),
      inputs,
      items: images.map((image, index) => ({
        index,
        label: classes.ids.indexOf(image.classId),
        set: image.set === 'validation' ? 'validation' : 'training',
      })),
      classes: classes.names,
      positive: classes.positive,
      configuration,
      snapshotSha256: snapshot.sha256,
      softwareVersion: parts.softwareVersion,
    },
    (event) => onTrainingEvent(parts, run, event, context),
    context.signal,
  );
  parts.store.setRunState(run, result.outcome === 'stoppedEarly' ? 'finished' : result.outcome, {
    endedAt: parts.now(),
    card: result.card,
    peakMemoryBytes: result.peakMemoryBytes,
  });
}

function onTrainingEvent(parts: TrainingParts, run: string, event: ComputeEvent, context: JobContext): void {
  if (event.kind === 'epoch') {
    parts.store.addEpoch(run, event.record);
    parts.onEpoch(run, event.record);
  }
  if (event.kind !== 'progress') return;
  const epoch = event.epochs > 0 && event.epoch > 0 ? `Epoch ${event.epoch} of ${event.epochs}` : '';
  const loss = event.loss === null ? '' : `loss ${event.loss.toFixed(3)}`;
  context.report({
    phase: event.phase,
    done: event.done,
    total: event.total,
    rate: event.imagesPerSecond,
    etaSeconds: event.etaSeconds,
    message: [epoch, phaseWords[event.phase], loss].filter(Boolean).join(' · '),
  });
}

const phaseWords: Record<ProgressEvent['phase'], string> = {
  loading: 'loading weights',
  features: 'computing features once',
  training: 'training',
  validation: 'validating',
  predicting: 'predicting',
  explaining: 'making heat maps',
};

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

function failureOf(error: unknown, cancelled: boolean, configuration: RunConfiguration): Failure {
  if (cancelled)
    return { code: 'CANCELLED', message: 'Cancelled.', kept: 'The best epoch until then is kept.', remedy: '' };
  if (error instanceof ExpectedError) {
    const failure = error.toFailure();
    return failure.code === 'OUT_OF_MEMORY' ? { ...failure, remedy: memoryRemedy(configuration) } : failure;
  }
  return {
    code: 'COMPUTE_FAILED',
    message: error instanceof Error ? error.message : 'Training failed.',
    kept: 'The epochs recorded until then are kept.',
    remedy: 'Start the run again.',
  };
}
