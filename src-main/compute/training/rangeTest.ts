import type { ComputeEvent, RangeTestJob } from '../../../src-shared/contract/compute.ts';
import type { BackendInfo } from '../../../src-shared/contract/training.ts';
import { rangeHasEnded, rangeRate, smoothLosses } from '../../../src-shared/domain/rangeTest.ts';
import { inBatches } from '../data/batch.ts';
import { createRandom } from '../data/random.ts';
import { createOptimiser } from '../network/optimiser.ts';
import type { Operations } from '../network/operations.ts';
import { buildNetwork } from './build.ts';
import { checkBackend, checkJob } from './checks.ts';
import { weighClasses } from './classWeights.ts';
import { epochOrder } from './order.ts';
import { prepareSamples } from './prepareSamples.ts';
import { createReporter, quiet, startWatch, type JobRun } from './progress.ts';

/** Trains a few steps with a learning rate that grows from step to step (Smith 2017, section 3.3). The network is given up afterwards. */
export async function rangeTest<Tensor>(
  ops: Operations<Tensor>,
  backend: BackendInfo,
  job: RangeTestJob,
  run: JobRun,
): Promise<ComputeEvent> {
  const report = createReporter(run);
  await report({ ...quiet, phase: 'loading', epoch: 0, epochs: 0, done: 0, total: 1 });
  checkJob(job);
  checkBackend(job, backend, ops);
  const { network, ...initial } = await buildNetwork(ops, job);
  const { configuration, steps } = job;
  const training = job.items.filter((item) => item.set === 'training');
  const classWeights = weighClasses(training, job.classes.length, configuration.classWeights);
  const optimiser = createOptimiser<Tensor>(configuration);
  const rates: number[] = [];
  const losses: number[] = [];
  try {
    const samples = await prepareSamples(ops, network, job, initial, report);
    const frozen = network.cut > 0 && !samples.afterFrozenPart ? network.prepare('frozen') : null;
    const lap = startWatch();
    try {
      for (let epoch = 1; rates.length < steps && !rangeHasEnded(losses); epoch += 1) {
        const groups = inBatches(epochOrder(training, configuration, epoch), configuration.batchSize);
        let place = 0;
        for await (const sample of samples.batches(groups, epoch)) {
          const labels = groups[place]!.map((item) => item.label);
          place += 1;
          const input = frozen === null ? sample : frozen.run(sample);
          const rate = rangeRate(rates.length, steps, job);
          optimiser.begin(rate);
          const random = createRandom(configuration.seed, `dropout ${epoch} ${place}`);
          const { labelSmoothing } = configuration;
          const batch = { input, labels, classWeights, labelSmoothing, random };
          const { weightedSum, weightSum } = network.train(batch, optimiser.update, optimiser.updateByProduct);
          ops.dispose(input, frozen === null ? null : sample);
          if (!Number.isFinite(weightedSum)) return tested(job, rates, losses);
          rates.push(rate);
          losses.push(weightedSum / weightSum);
          const etaSeconds = lap() * (steps - rates.length);
          const counts = { done: rates.length, total: steps, epoch: 0, epochs: 0 };
          await report({ ...quiet, ...counts, phase: 'training', loss: smoothLosses(losses).at(-1)!, etaSeconds });
          if (rates.length === steps || rangeHasEnded(losses)) break;
        }
      }
    } finally {
      frozen?.dispose();
      await samples.close();
    }
  } finally {
    network.dispose();
  }
  return tested(job, rates, losses);
}

function tested({ job }: RangeTestJob, rates: readonly number[], losses: readonly number[]): ComputeEvent {
  const smooth = smoothLosses(losses);
  return {
    kind: 'rangeTested',
    job,
    points: rates.map((learningRate, step) => ({ learningRate, loss: smooth[step]! })),
  };
}
