import type { TrainItem, TrainJob } from '../../../src-shared/contract/compute.ts';
import type { EpochRecord } from '../../../src-shared/contract/training.ts';
import { inBatches } from '../data/batch.ts';
import { createRandom } from '../data/random.ts';
import { JobFailure } from '../failure.ts';
import type { Network } from '../network/network.ts';
import type { Operations } from '../network/operations.ts';
import type { Optimiser } from '../network/optimiser.ts';
import { crossEntropy } from '../network/softmax.ts';
import { learningRateAt } from '../../../src-shared/domain/schedule.ts';
import { epochOrder } from './order.ts';
import { quiet, type Report, type Timing } from './progress.ts';
import type { Samples } from './samples.ts';
import { score, type Scores } from './scores.ts';

/**
 * Everything one training holds while it runs. Order, random changes and dropout of a step follow from seed, epoch and step; what
 * else decides how it goes on is the weights, their moments and the optimiser's count of steps.
 */
export interface Training<Tensor> {
  job: TrainJob;
  ops: Operations<Tensor>;
  network: Network<Tensor>;
  samples: Samples<Tensor>;
  optimiser: Optimiser<Tensor>;
  classWeights: number[];
  training: TrainItem[];
  validation: TrainItem[];
  timing: Timing;
  report: Report;
}

/** Trains on every training image once and scores every validation image. */
export async function runEpoch<Tensor>(state: Training<Tensor>, epoch: number): Promise<EpochRecord> {
  const started = performance.now();
  const training = await trainOnce(state, epoch);
  const trainingSeconds = (performance.now() - started) / 1000;
  const validation = await validateOnce(state, epoch);
  return {
    epoch,
    training,
    validation,
    learningRate: lastLearningRate(state, epoch),
    seconds: (performance.now() - started) / 1000,
    imagesPerSecond: state.training.length / trainingSeconds,
    etaSeconds: state.timing.etaSeconds(),
    best: false,
  };
}

/** Of the epoch's last step. */
function lastLearningRate({ job, training }: Pick<Training<unknown>, 'job' | 'training'>, epoch: number): number {
  const steps = Math.ceil(training.length / job.configuration.batchSize);
  return learningRateAt(job.configuration, steps, epoch * steps - 1);
}

async function trainOnce<Tensor>(
  { job, ops, network, samples, optimiser, classWeights, training, timing, report }: Training<Tensor>,
  epoch: number,
): Promise<EpochRecord['training']> {
  const { seed, batchSize, epochs, labelSmoothing } = job.configuration;
  const order = epochOrder(training, job.configuration, epoch);
  const groups = inBatches(order, batchSize);
  const frozen = network.cut > 0 && !samples.afterFrozenPart ? network.prepare('frozen') : null;
  const sums = { loss: 0, weights: 0, correct: 0, done: 0, steps: 0 };
  let started = performance.now();
  try {
    for await (const sample of samples.batches(groups, epoch)) {
      const items = groups[sums.steps]!;
      sums.steps += 1;
      let input: Tensor = sample;
      if (frozen !== null) {
        const pixels = input;
        input = frozen.run(pixels);
        ops.dispose(pixels);
      }
      optimiser.begin(learningRateAt(job.configuration, groups.length, (epoch - 1) * groups.length + sums.steps - 1));
      const labels = items.map((item) => item.label);
      const result = network.train(
        { input, labels, classWeights, labelSmoothing, random: createRandom(seed, `dropout ${epoch} ${sums.steps}`) },
        optimiser.update,
        optimiser.updateByProduct,
      );
      ops.dispose(input);
      if (!Number.isFinite(result.weightedSum)) throw diverged(epoch);
      sums.loss += result.weightedSum;
      sums.weights += result.weightSum;
      sums.correct += result.correct;
      sums.done += items.length;
      timing.add('training', items.length, (performance.now() - started) / 1000);
      started = performance.now();
      await report({
        phase: 'training',
        epoch,
        epochs,
        done: sums.done,
        total: order.length,
        loss: sums.loss / sums.weights,
        accuracy: sums.correct / sums.done,
        imagesPerSecond: timing.imagesPerSecond('training'),
        etaSeconds: timing.etaSeconds(),
      });
    }
  } finally {
    frozen?.dispose();
  }
  return { loss: sums.loss / sums.weights, accuracy: sums.correct / sums.done };
}

function diverged(epoch: number): JobFailure {
  return new JobFailure(
    'DIVERGED',
    `The training diverged in epoch ${epoch}: the loss is no longer a number. Choose a smaller learning rate.`,
  );
}

async function validateOnce<Tensor>(
  { job, ops, network, samples, classWeights, validation, timing, report }: Training<Tensor>,
  epoch: number,
): Promise<Scores> {
  const { batchSize, epochs } = job.configuration;
  const prepared = network.prepare(samples.afterFrozenPart ? 'rest' : 'all');
  const groups = inBatches(validation, batchSize);
  const rows: Float64Array[] = [];
  const sums = { loss: 0, weights: 0, steps: 0 };
  let started = performance.now();
  try {
    for await (const input of samples.batches(groups, null)) {
      const items = groups[sums.steps]!;
      sums.steps += 1;
      const logits = prepared.run(input);
      const labels = items.map((item) => item.label);
      const result = crossEntropy(ops.download(logits), labels, classWeights);
      ops.dispose(input, logits);
      if (!Number.isFinite(result.weightedSum)) throw diverged(epoch);
      sums.loss += result.weightedSum;
      sums.weights += result.weightSum;
      for (let image = 0; image < items.length; image += 1) {
        rows.push(result.probabilities.slice(image * classWeights.length, (image + 1) * classWeights.length));
      }
      timing.add('validation', items.length, (performance.now() - started) / 1000);
      started = performance.now();
      await report({
        ...quiet,
        phase: 'validation',
        epoch,
        epochs,
        done: rows.length,
        total: validation.length,
        imagesPerSecond: timing.imagesPerSecond('validation'),
        etaSeconds: timing.etaSeconds(),
      });
    }
  } finally {
    prepared.dispose();
  }
  const labels = validation.map((item) => item.label);
  return score(rows, labels, job.positive, sums.weights === 0 ? null : sums.loss / sums.weights);
}
