import { architectures } from '../../../models/index.ts';
import type { TrainedEvent, TrainJob } from '../../../src-shared/contract/compute.ts';
import type { BackendInfo, EpochRecord, ModelCard } from '../../../src-shared/contract/training.ts';
import { asJobFailure } from '../failure.ts';
import { collectGarbage } from '../memory.ts';
import { initialValues } from '../network/initialise.ts';
import { Network } from '../network/network.ts';
import { take } from '../network/parameters.ts';
import type { Operations } from '../network/operations.ts';
import { createOptimiser } from '../network/optimiser.ts';
import { loadInitialWeights } from '../weights/load.ts';
import { cardOf } from './card.ts';
import { checkBackend, checkJob } from './checks.ts';
import { writeCheckpoint } from './checkpoint.ts';
import { weighClasses } from './classWeights.ts';
import { afterEpoch, noEpochYet, shouldStop } from './earlyStopping.ts';
import { runEpoch, type Training } from './epoch.ts';
import { prepareSamples } from './prepareSamples.ts';
import { createReporter, quiet, Timing, type JobRun, type Report } from './progress.ts';
import type { Samples } from './samples.ts';

/**
 * Runs a whole training and keeps the epoch with the best validation accuracy (ties: lower validation loss). When the job
 * is cancelled, that epoch's model stays and is named in the answer.
 */
export async function train<Tensor>(
  ops: Operations<Tensor>,
  backend: BackendInfo,
  job: TrainJob,
  run: JobRun,
): Promise<TrainedEvent> {
  const report = createReporter(run);
  const { epochs } = job.configuration;
  await report({ ...quiet, phase: 'loading', epoch: 0, epochs, done: 0, total: 1 });
  checkJob(job);
  checkBackend(job, backend, ops);
  const description = {
    architecture: job.configuration.architecture,
    head: job.configuration.head,
    classes: job.classes.length,
  };
  const given =
    job.configuration.weights === null ? null : await loadInitialWeights(job.configuration.weights, description);
  const network = new Network(
    ops,
    description,
    { imageSize: job.inputs.size, freeze: job.configuration.freeze, precision: job.configuration.precision },
    (specification) =>
      (given === null ? undefined : take(given.values, specification.name)) ??
      initialValues(specification, job.configuration.seed),
  );
  given?.values.clear();
  collectGarbage();
  const normalisation = given?.normalisation ?? architectures[description.architecture].normalisation;
  let samples: Samples<Tensor> | null = null;
  let card: ModelCard | null = null;
  let outcome: TrainedEvent['outcome'] = 'finished';
  try {
    samples = await prepareSamples(ops, network, job, { weightsSha256: given?.sha256 ?? null, normalisation }, report);
    const state = assemble(ops, network, samples, job, report);
    let best: EpochRecord['validation'] | null = null;
    let stopping = noEpochYet;
    for (let epoch = 1; epoch <= epochs; epoch += 1) {
      const record = await runEpoch(state, epoch);
      record.best = isBetter(record.validation, best);
      if (record.best) {
        best = record.validation;
        card = await writeCheckpoint(job.runDirectory, network, {
          ...cardOf(job, backend, given?.sha256 ?? null),
          normalisation,
          epoch,
          validation: record.validation,
        });
      }
      run.emit({ kind: 'epoch', job: job.job, record });
      stopping = afterEpoch(stopping, record.validation);
      if (epoch < epochs && shouldStop(stopping, job.configuration.earlyStopping)) {
        outcome = 'stoppedEarly';
        break;
      }
    }
  } catch (error) {
    const failure = asJobFailure(error);
    if (failure.code !== 'CANCELLED') throw failure;
    outcome = 'cancelled';
  } finally {
    await samples?.close();
    network.dispose();
  }
  const peakMemoryBytes = process.resourceUsage().maxRSS * 1024;
  return { kind: 'trained', job: job.job, outcome, card, peakMemoryBytes };
}

function assemble<Tensor>(
  ops: Operations<Tensor>,
  network: Network<Tensor>,
  samples: Samples<Tensor>,
  job: TrainJob,
  report: Report,
): Training<Tensor> {
  const training = job.items.filter((item) => item.set === 'training');
  const validation = job.items.filter((item) => item.set === 'validation');
  const { epochs } = job.configuration;
  return {
    job,
    ops,
    network,
    samples,
    report,
    training,
    validation,
    optimiser: createOptimiser<Tensor>(job.configuration),
    classWeights: weighClasses(training, job.classes.length, job.configuration.classWeights),
    timing: new Timing({ training: training.length * epochs, validation: validation.length * epochs }),
  };
}

/** Without a validation set every epoch counts as the best so far, so the last one is kept. */
function isBetter(now: EpochRecord['validation'], best: EpochRecord['validation'] | null): boolean {
  if (best === null || now.accuracy === null || best.accuracy === null) return true;
  if (now.accuracy !== best.accuracy) return now.accuracy > best.accuracy;
  return now.loss !== null && best.loss !== null && now.loss < best.loss;
}
