import type { TrainJob } from '../../../../src-shared/contract/compute.ts';
import type { Network } from '../../network/network.ts';
import type { Operations } from '../../network/operations.ts';
import type { Optimiser } from '../../network/optimiser.ts';
import { beginCourse, courseOf, type Course } from '../course.ts';
import { finishRename, soundCard } from '../keptModel.ts';
import { checkpointFolder } from './folder.ts';
import { identityOf, type TrainingState } from './state.ts';
import { restoreNetwork } from './tensors.ts';

export interface Start {
  course: Course;
  lastLosses: number[];
  /** Null at the beginning. */
  from: { checkpoint: string; epoch: number; steps: number } | null;
  /** In words, the checkpoints that could not be used. */
  refused: string[];
}

/**
 * Where a training begins: at the beginning, or, where it shall go on, at its newest sound checkpoint, whose weights, moments and
 * counts are then put back.
 */
export async function findStart<Tensor>(
  ops: Operations<Tensor>,
  network: Network<Tensor>,
  optimiser: Optimiser<Tensor>,
  job: TrainJob,
  initialWeightsSha256: string | null,
): Promise<Start> {
  const folder = checkpointFolder(job.runDirectory);
  const beginning = { course: beginCourse(), lastLosses: [], from: null };
  if (!job.resume) {
    await folder.clear();
    return { ...beginning, refused: [] };
  }
  await folder.removeDrafts();
  await finishRename(job.runDirectory);
  const kept = await soundCard(job.runDirectory);
  /** A better epoch's model may be newer than the checkpoint: that epoch is gone through again and gives the same model. */
  const lacks = ({ best }: TrainingState): string | null =>
    best === null || (kept !== null && kept.epoch >= best.epoch && kept.snapshotSha256 === job.snapshotSha256)
      ? null
      : `cannot be used: the model of its best epoch (${best.epoch}) is missing or damaged`;
  const { found, refused } = await folder.newestSound(identityOf(job, initialWeightsSha256), lacks);
  if (found === null) return { ...beginning, refused };
  try {
    await restoreNetwork(ops, network, found.state.tensors, found.reader);
  } finally {
    await found.reader.close();
  }
  optimiser.count = found.state.optimiserSteps;
  const { epoch, training } = found.state.progress;
  return {
    course: courseOf(found.state),
    lastLosses: found.state.lastLosses,
    from: { checkpoint: found.name, epoch, steps: training.steps },
    refused,
  };
}
