import type { TrainJob } from '../../../src-shared/contract/compute.ts';
import type { EpochRecord } from '../../../src-shared/contract/training.ts';
import type { Optimiser } from '../network/optimiser.ts';
import { startOf, type EpochProgress, type TrainingState } from './checkpoints/state.ts';
import { afterEpoch, noEpochYet, shouldStop, type EarlyStoppingState } from './earlyStopping.ts';

/** Where a training stands between its steps, apart from weights and moments. */
export interface Course {
  progress: EpochProgress;
  best: TrainingState['best'];
  stopping: EarlyStoppingState;
  records: EpochRecord[];
}

export function beginCourse(): Course {
  return { progress: startOf(1), best: null, stopping: noEpochYet, records: [] };
}

export function courseOf({ progress, best, stopping, records }: TrainingState): Course {
  return { progress, best, stopping, records };
}

/** Takes in an epoch's record, which says whether it is the best so far, and stands at the start of the next one. */
export function completeEpoch(course: Course, record: EpochRecord): void {
  if (record.best) course.best = { epoch: record.epoch, validation: record.validation };
  course.stopping = afterEpoch(course.stopping, record.validation);
  course.records.push(record);
  course.progress = startOf(record.epoch + 1);
}

/** How the training ends where it stands, between two epochs; null where it goes on. */
export function endOf({ progress, stopping }: Course, job: TrainJob): 'finished' | 'stoppedEarly' | 'paused' | null {
  const done = progress.epoch - 1;
  if (done >= job.configuration.epochs) return 'finished';
  if (shouldStop(stopping, job.configuration.earlyStopping)) return 'stoppedEarly';
  return job.stopAfterEpoch !== null && done >= job.stopAfterEpoch ? 'paused' : null;
}

/** Best validation accuracy, ties by lower loss. Without a validation set every epoch counts as the best, so the last one is kept. */
export function isBetter(now: EpochRecord['validation'], best: EpochRecord['validation'] | null): boolean {
  if (best === null || now.accuracy === null || best.accuracy === null) return true;
  if (now.accuracy !== best.accuracy) return now.accuracy > best.accuracy;
  return now.loss !== null && best.loss !== null && now.loss < best.loss;
}

/** The state a checkpoint holds beside its tensors. */
export function stateOf(
  { progress, best, stopping, records }: Course,
  rest: Pick<TrainingState, 'identity' | 'tensors' | 'lastLosses'> & { optimiser: Pick<Optimiser<unknown>, 'count'> },
): TrainingState {
  const { optimiser, ...others } = rest;
  const writtenAt = new Date().toISOString();
  return { ...others, writtenAt, progress, best, stopping, records, optimiserSteps: optimiser.count };
}
