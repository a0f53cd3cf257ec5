import { architectures } from '../../../models/index.ts';
import type { InputNormalisation } from '../../../models/vgg.ts';
import type { TrainedEvent, TrainItem, TrainJob } from '../../../src-shared/contract/compute.ts';
import type { BackendInfo, EpochRecord, ModelCard } from '../../../src-shared/contract/training.ts';
import { inBatches } from '../data/batch.ts';
import { hashInputs, openInputs } from '../data/inputs.ts';
import { createRandom, shuffled } from '../data/random.ts';
import { asJobFailure, JobFailure } from '../failure.ts';
import { collectGarbage } from '../memory.ts';
import { initialValues } from '../network/initialise.ts';
import { Network } from '../network/network.ts';
import type { Operations } from '../network/operations.ts';
import { createOptimiser, type Optimiser } from '../network/optimiser.ts';
import { crossEntropy } from '../network/softmax.ts';
import { loadInitialWeights } from '../weights/load.ts';
import { writeCheckpoint } from './checkpoint.ts';
import { featureSamples } from './features.ts';
import { createReporter, Timing, type JobRun } from './progress.ts';
import { pixelSamples, type Samples } from './samples.ts';
import { score, type Scores } from './scores.ts';

type Report = ReturnType<typeof createReporter>;

/** Everything one training holds while it runs. */
interface Training<Tensor> {
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
    (specification) => given?.values.get(specification.name) ?? initialValues(specification, job.configuration.seed),
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
    }
  } catch (error) {
    const failure = asJobFailure(error);
    if (failure.code !== 'CANCELLED') throw failure;
    outcome = 'cancelled';
  } finally {
    samples?.close();
    network.dispose();
  }
  const peakMemoryBytes = process.resourceUsage().maxRSS * 1024;
  return { kind: 'trained', job: job.job, outcome, card, peakMemoryBytes };
}

const quiet = { loss: null, accuracy: null, imagesPerSecond: null, etaSeconds: null };

function checkJob({ items, classes, positive, inputs, configuration }: TrainJob): void {
  const fault = (message: string) => new JobFailure('INPUTS_UNREADABLE', message);
  if (inputs.size !== configuration.preprocessing.imageSize) {
    throw fault(
      `The prepared images are ${inputs.size} pixels wide, the run wants ${configuration.preprocessing.imageSize}.`,
    );
  }
  if (positive >= classes.length) throw fault('The positive class is not one of the classes.');
  for (const { index, label } of items) {
    if (index >= inputs.count || label >= classes.length) throw fault('An image or a label of the job does not exist.');
  }
  const training = items.filter((item) => item.set === 'training');
  if (new Set(training.map((item) => item.label)).size < classes.length) {
    throw fault('The training set does not have an image of every class.');
  }
}

/** WebAssembly's memory ends at 4 GiB, and running out of it ends the process: what cannot fit is refused before. */
function checkBackend(
  { configuration }: TrainJob,
  { backend, device }: BackendInfo,
  { mixedPrecision }: Operations<unknown>,
): void {
  if (configuration.precision === 'mixed' && mixedPrecision === undefined) {
    throw new JobFailure(
      'PRECISION_UNAVAILABLE',
      `Mixed precision is not possible here: it needs TensorFlow on a processor that multiplies bfloat16 (AVX512_BF16) or on an NVIDIA card of compute capability 8.0 or newer; this is ${device} with the backend ${backend}. Choose precision float32.`,
    );
  }
  if (backend !== 'wasm' || configuration.head === 'compact') return;
  throw new JobFailure(
    'OUT_OF_MEMORY',
    'The full head needs more memory than WebAssembly can give. Choose the compact head, or install the native engine ("parenchyma doctor" says what is missing).',
  );
}

/** A frozen backbone's features come from the cache; a network frozen in part, or not at all, starts from pixels. */
async function prepareSamples<Tensor>(
  ops: Operations<Tensor>,
  network: Network<Tensor>,
  job: TrainJob,
  { weightsSha256, normalisation }: { weightsSha256: string | null; normalisation: InputNormalisation },
  report: Report,
): Promise<Samples<Tensor>> {
  const { configuration } = job;
  const inputs = openInputs(job.inputs);
  if (configuration.freeze !== 'backbone') {
    return pixelSamples(ops, inputs, normalisation, configuration.augmentation);
  }
  const frozen = network.prepare('frozen');
  try {
    const key = {
      version: 1,
      architecture: configuration.architecture,
      weights: weightsSha256 ?? `random ${configuration.seed}`,
      inputs: await hashInputs(job.inputs.path),
      size: inputs.size,
    };
    return await featureSamples(
      {
        directory: job.cacheDirectory,
        key,
        items: job.items,
        mirrored: configuration.augmentation.flip,
        shape: network.frozenShape(inputs.size),
      },
      {
        ops,
        inputs,
        normalisation,
        frozen,
        batchSize: configuration.batchSize,
        onProgress: (done, total) =>
          report({ ...quiet, phase: 'features', epoch: 0, epochs: configuration.epochs, done, total }),
      },
    );
  } catch (error) {
    inputs.close();
    throw error;
  } finally {
    frozen.dispose();
  }
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

/** `balanced`: n / (classes · n of the class), as scikit-learn has it. */
export function weighClasses(items: readonly TrainItem[], classes: number, rule: 'balanced' | 'none'): number[] {
  return Array.from({ length: classes }, (_, label) => {
    if (rule === 'none') return 1;
    const count = items.filter((item) => item.label === label).length;
    return count === 0 ? 1 : items.length / (classes * count);
  });
}

async function runEpoch<Tensor>(state: Training<Tensor>, epoch: number): Promise<EpochRecord> {
  const started = performance.now();
  const training = await trainOnce(state, epoch);
  const trainingSeconds = (performance.now() - started) / 1000;
  const validation = await validateOnce(state, epoch);
  return {
    epoch,
    training,
    validation,
    learningRate: state.job.configuration.learningRate,
    seconds: (performance.now() - started) / 1000,
    imagesPerSecond: state.training.length / trainingSeconds,
    etaSeconds: state.timing.etaSeconds(),
    best: false,
  };
}

async function trainOnce<Tensor>(
  { job, ops, network, samples, optimiser, classWeights, training, timing, report }: Training<Tensor>,
  epoch: number,
): Promise<EpochRecord['training']> {
  const { seed, batchSize, epochs, freeze } = job.configuration;
  const order = shuffled(training, createRandom(seed, `order ${epoch}`));
  const random = createRandom(seed, `augmentation ${epoch}`);
  const dropout = createRandom(seed, `dropout ${epoch}`);
  const frozen = typeof freeze === 'number' ? network.prepare('frozen') : null;
  const sums = { loss: 0, weights: 0, correct: 0, done: 0 };
  try {
    for (const items of inBatches(order, batchSize)) {
      const started = performance.now();
      let input = samples.batch(items, random);
      if (frozen !== null) {
        const pixels = input;
        input = frozen.run(pixels);
        ops.dispose(pixels);
      }
      optimiser.begin();
      const labels = items.map((item) => item.label);
      const result = network.train({ input, labels, classWeights, random: dropout }, optimiser.update);
      ops.dispose(input);
      if (!Number.isFinite(result.weightedSum)) throw diverged(epoch);
      sums.loss += result.weightedSum;
      sums.weights += result.weightSum;
      sums.correct += result.correct;
      sums.done += items.length;
      timing.add('training', items.length, (performance.now() - started) / 1000);
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
  const rows: Float64Array[] = [];
  const sums = { loss: 0, weights: 0 };
  try {
    for (const items of inBatches(validation, batchSize)) {
      const started = performance.now();
      const input = samples.batch(items, null);
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

/** Without a validation set every epoch counts as the best so far, so the last one is kept. */
function isBetter(now: EpochRecord['validation'], best: EpochRecord['validation'] | null): boolean {
  if (best === null || now.accuracy === null || best.accuracy === null) return true;
  if (now.accuracy !== best.accuracy) return now.accuracy > best.accuracy;
  return now.loss !== null && best.loss !== null && now.loss < best.loss;
}

function cardOf(
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
