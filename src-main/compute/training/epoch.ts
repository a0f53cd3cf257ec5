import type { Mistake, TrainItem, TrainJob } from '../../../src-shared/contract/compute.ts';
import type { EpochRecord } from '../../../src-shared/contract/training.ts';
import { learningRateAt } from '../../../src-shared/domain/schedule.ts';
import { inBatches } from '../data/batch.ts';
import { createRandom } from '../data/random.ts';
import type { Network } from '../network/network.ts';
import type { Operations } from '../network/operations.ts';
import type { Optimiser } from '../network/optimiser.ts';
import { crossEntropy } from '../network/softmax.ts';
import type { EpochProgress } from './checkpoints/state.ts';
import type { DivergenceWatch } from './divergence.ts';
import { epochOrder } from './order.ts';
import { quiet, startWatch, type Report, type Timing } from './progress.ts';
import type { Samples } from './samples.ts';
import { score, worstMistakes, type Scores } from './scores.ts';

/**
 * Everything one training holds while it runs. Order, random changes and dropout of a step follow from seed, epoch and step; what
 * else decides how it goes on is the weights, their moments, the optimiser's count of steps and the sums of the epoch.
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
  watch: DivergenceWatch;
  report: Report;
  /** Called between two steps with how far the epoch has come: writes a checkpoint where one is due, throws where a pause is wanted. */
  betweenSteps(progress: EpochProgress): Promise<void>;
}

/** Trains on every training image once and scores every validation image, from where `progress` stands; moves it on. */
export async function runEpoch<Tensor>(
  state: Training<Tensor>,
  progress: EpochProgress,
): Promise<{ record: EpochRecord; mistakes: Mistake[] }> {
  await trainOnce(state, progress);
  const validation = await validateOnce(state, progress);
  const { epoch, training, seconds } = progress;
  const { rows } = progress.validation;
  const items = state.validation;
  const record = {
    epoch,
    training: { loss: training.loss / training.weights, accuracy: training.correct / training.done },
    validation,
    learningRate: rateOf(state, epoch, training.steps),
    seconds: seconds.training + seconds.validation,
    imagesPerSecond: training.done / seconds.training,
    etaSeconds: state.timing.etaSeconds(),
    best: false,
  };
  const labels = items.map((item) => item.label);
  const images = items.map((item) => item.index);
  return { record, mistakes: worstMistakes(rows, labels, images) };
}

/** @param step counted from 1 within the epoch */
function rateOf<Tensor>({ job, training }: Training<Tensor>, epoch: number, step: number): number {
  const steps = Math.ceil(training.length / job.configuration.batchSize);
  return learningRateAt(job.configuration, steps, (epoch - 1) * steps + step - 1);
}

async function trainOnce<Tensor>(state: Training<Tensor>, progress: EpochProgress): Promise<void> {
  const { job, ops, network, samples, timing, report, watch } = state;
  const { epoch, training: sums } = progress;
  const order = epochOrder(state.training, job.configuration, epoch);
  const groups = inBatches(order, job.configuration.batchSize);
  const frozen = network.cut > 0 && !samples.afterFrozenPart ? network.prepare('frozen') : null;
  const lap = startWatch();
  try {
    for await (const sample of samples.batches(groups.slice(sums.steps), epoch)) {
      const items = groups[sums.steps]!;
      sums.steps += 1;
      let input: Tensor = sample;
      if (frozen !== null) {
        input = frozen.run(sample);
        ops.dispose(sample);
      }
      const result = step(state, epoch, sums.steps, items, input);
      watch.add(result.weightedSum / result.weightSum, epoch);
      sums.loss += result.weightedSum;
      sums.weights += result.weightSum;
      sums.correct += result.correct;
      sums.done += items.length;
      const seconds = lap();
      progress.seconds.training += seconds;
      timing.add('training', items.length, seconds);
      await report({
        phase: 'training',
        epoch,
        epochs: job.configuration.epochs,
        done: sums.done,
        total: order.length,
        loss: sums.loss / sums.weights,
        accuracy: sums.correct / sums.done,
        imagesPerSecond: timing.imagesPerSecond('training'),
        etaSeconds: timing.etaSeconds(),
      });
      await state.betweenSteps(progress);
    }
  } finally {
    frozen?.dispose();
  }
}

/** Takes the input over. */
function step<Tensor>(
  state: Training<Tensor>,
  epoch: number,
  number: number,
  items: readonly TrainItem[],
  input: Tensor,
): ReturnType<Network<Tensor>['train']> {
  const { job, ops, network, optimiser, classWeights } = state;
  const { seed, labelSmoothing } = job.configuration;
  optimiser.begin(rateOf(state, epoch, number));
  const labels = items.map((item) => item.label);
  const random = createRandom(seed, `dropout ${epoch} ${number}`);
  const batch = { input, labels, classWeights, labelSmoothing, random };
  const result = network.train(batch, optimiser.update, optimiser.updateByProduct);
  ops.dispose(input);
  return result;
}

async function validateOnce<Tensor>(state: Training<Tensor>, progress: EpochProgress): Promise<Scores> {
  const { job, ops, network, samples, classWeights, validation, timing, report, watch } = state;
  const { epoch, validation: sums } = progress;
  const prepared = network.prepare(samples.afterFrozenPart ? 'rest' : 'all');
  const groups = inBatches(validation, job.configuration.batchSize);
  const lap = startWatch();
  try {
    for await (const input of samples.batches(groups.slice(sums.steps), null)) {
      const items = groups[sums.steps]!;
      sums.steps += 1;
      const logits = prepared.run(input);
      const labels = items.map((item) => item.label);
      const result = crossEntropy(ops.download(logits), labels, classWeights);
      ops.dispose(input, logits);
      watch.check(result.weightedSum, epoch);
      sums.loss += result.weightedSum;
      sums.weights += result.weightSum;
      for (let image = 0; image < items.length; image += 1) {
        const row = result.probabilities.slice(image * classWeights.length, (image + 1) * classWeights.length);
        sums.rows.push([...row]);
      }
      const seconds = lap();
      progress.seconds.validation += seconds;
      timing.add('validation', items.length, seconds);
      await report({
        ...quiet,
        phase: 'validation',
        epoch,
        epochs: job.configuration.epochs,
        done: sums.rows.length,
        total: validation.length,
        imagesPerSecond: timing.imagesPerSecond('validation'),
        etaSeconds: timing.etaSeconds(),
      });
      await state.betweenSteps(progress);
    }
  } finally {
    prepared.dispose();
  }
  const labels = validation.map((item) => item.label);
  return score(sums.rows, labels, job.positive, sums.weights === 0 ? null : sums.loss / sums.weights);
}
