import type { TrainedEvent, TrainJob } from '../../../src-shared/contract/compute.ts';
import type { BackendInfo } from '../../../src-shared/contract/training.ts';
import { asJobFailure } from '../failure.ts';
import type { Network } from '../network/network.ts';
import { createOptimiser, type Optimiser } from '../network/optimiser.ts';
import type { Operations } from '../network/operations.ts';
import { buildNetwork } from './build.ts';
import { cardOf } from './card.ts';
import { checkBackend, checkJob } from './checks.ts';
import { checkpointFolder } from './checkpoints/folder.ts';
import { createKeeper } from './checkpoints/keeper.ts';
import { findStart } from './checkpoints/start.ts';
import { identityOf } from './checkpoints/state.ts';
import { networkTensors } from './checkpoints/tensors.ts';
import { weighClasses } from './classWeights.ts';
import { completeEpoch, endOf, isBetter, stateOf, type Course } from './course.ts';
import { createDivergenceWatch, type DivergenceWatch } from './divergence.ts';
import { runEpoch, type Training } from './epoch.ts';
import { readCard, writeKeptModel } from './keptModel.ts';
import { prepareSamples } from './prepareSamples.ts';
import { createReporter, Paused, quiet, Timing, type JobRun, type Report } from './progress.ts';
import type { Samples } from './samples.ts';

/**
 * Runs a training from its beginning or from its newest sound checkpoint and keeps the epoch with the best validation accuracy
 * (ties: lower validation loss). Paused, cancelled or killed at whatever instant, it ends after going on where it would have ended
 * without: the same weights and the same records apart from times.
 */
export async function train<Tensor>(
  ops: Operations<Tensor>,
  backend: BackendInfo,
  job: TrainJob,
  run: JobRun,
): Promise<TrainedEvent> {
  const report = createReporter(run);
  const { epochs } = job.configuration;
  let network: Network<Tensor> | null = null;
  let samples: Samples<Tensor> | null = null;
  let course: Course | null = null;
  let outcome: TrainedEvent['outcome'];
  try {
    await report({ ...quiet, phase: 'loading', epoch: 0, epochs, done: 0, total: 1 });
    checkJob(job);
    checkBackend(job, backend, ops);
    const built = await buildNetwork(ops, job);
    network = built.network;
    samples = await prepareSamples(ops, network, job, built, report);
    const optimiser = createOptimiser<Tensor>(job.configuration);
    const start = await findStart(ops, network, optimiser, job, built.weightsSha256);
    if (job.resume) run.emit({ kind: 'resumed', job: job.job, from: start.from, refused: start.refused });
    start.course.records.forEach((record) => run.emit({ kind: 'epoch', job: job.job, record, mistakes: [] }));
    course = start.course;
    const watch = createDivergenceWatch(job.classes.length, job.configuration.learningRate, start.lastLosses);
    const parts = { ops, network, samples, optimiser, watch, report };
    outcome = await carryOut({ job, run, backend, initial: built, course }, parts);
  } catch (error) {
    const failure = error instanceof Paused ? null : asJobFailure(error);
    if (failure !== null && failure.code !== 'CANCELLED') throw failure;
    outcome = failure === null ? 'paused' : 'cancelled';
  } finally {
    await samples?.close();
    network?.dispose();
  }
  const card = course?.best == null ? null : await readCard(job.runDirectory);
  const peakMemoryBytes = process.resourceUsage().maxRSS * 1024;
  return { kind: 'trained', job: job.job, outcome, card, peakMemoryBytes };
}

interface Assignment {
  job: TrainJob;
  run: JobRun;
  backend: BackendInfo;
  initial: Pick<Awaited<ReturnType<typeof buildNetwork>>, 'weightsSha256' | 'normalisation'>;
  course: Course;
}

interface Machinery<Tensor> {
  ops: Operations<Tensor>;
  network: Network<Tensor>;
  samples: Samples<Tensor>;
  optimiser: Optimiser<Tensor>;
  watch: DivergenceWatch;
  report: Report;
}

/** Goes through the epochs that are left, keeping models and checkpoints. */
async function carryOut<Tensor>(
  { job, run, backend, initial, course }: Assignment,
  parts: Machinery<Tensor>,
): Promise<TrainedEvent['outcome']> {
  const { ops, network, optimiser, watch } = parts;
  const folder = checkpointFolder(job.runDirectory);
  const identity = identityOf(job, initial.weightsSha256);
  const keeper = createKeeper({
    everySeconds: job.checkpointEverySeconds,
    pausing: run.pausing,
    healthy: watch.healthy,
    async write() {
      const { entries, values } = networkTensors(ops, network);
      const rest = { identity, optimiser, tensors: entries, lastLosses: watch.lastLosses() };
      await folder.write(stateOf(course, rest), values());
    },
  });
  const state = assemble(job, course, { ...parts, betweenSteps: keeper.betweenSteps });
  for (;;) {
    const end = endOf(course, job);
    if (end !== null) {
      if (end !== 'paused') await folder.keepNewest();
      return end;
    }
    const { record, mistakes } = await runEpoch(state, course.progress);
    record.best = isBetter(record.validation, course.best?.validation ?? null);
    if (record.best) {
      await writeKeptModel(job.runDirectory, network, {
        ...cardOf(job, backend, initial.weightsSha256),
        normalisation: initial.normalisation,
        epoch: record.epoch,
        validation: record.validation,
      });
    }
    completeEpoch(course, record);
    run.emit({ kind: 'epoch', job: job.job, record, mistakes });
    await keeper.afterEpoch();
  }
}

function assemble<Tensor>(
  job: TrainJob,
  { progress }: Course,
  parts: Machinery<Tensor> & Pick<Training<Tensor>, 'betweenSteps'>,
): Training<Tensor> {
  const training = job.items.filter((item) => item.set === 'training');
  const validation = job.items.filter((item) => item.set === 'validation');
  const left = job.configuration.epochs - progress.epoch + 1;
  const timing = new Timing({
    training: training.length * left - progress.training.done,
    validation: validation.length * left - progress.validation.rows.length,
  });
  const classWeights = weighClasses(training, job.classes.length, job.configuration.classWeights);
  return { job, training, validation, classWeights, timing, ...parts };
}
