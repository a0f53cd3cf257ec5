/** How long a run will take, before it is started. */
import type { Preflight } from '../../src-shared/contract/runs.ts';
import type { RunConfiguration } from '../../src-shared/contract/training.ts';
import type { BackendName } from '../../src-shared/contract/vocabulary.ts';
import { workloadOf, type CountedConfiguration, type Workload } from './workload.ts';

type TimedConfiguration = CountedConfiguration & Pick<RunConfiguration, 'batchSize'>;

/** How fast an earlier run was. */
export interface EarlierSpeed {
  number: number;
  configuration: TimedConfiguration;
  backend: BackendName;
  device: string;
  /** Training images per second of the time that was spent on training. */
  imagesPerSecond: number;
}

interface Counts {
  training: number;
  validation: number;
}

interface Speed {
  /** Multiply-adds per second in convolutions over large pictures, of one thread where `perThread`. */
  products: number;
  perThread: boolean;
  /** Seconds that each trained weight costs in each step: gradient, transform of filters, optimiser. */
  convolutionWeight: number;
  denseWeight: number;
}

/**
 * Measured on a processor with AVX-512 and two cores (`npm run bench -- outlook`; docs/training.md); the others are guesses. Other machines
 * lie within about a factor of three, until a run on them tells.
 */
const speeds: Record<BackendName, Speed> = {
  'tensorflow-gpu': { products: 3e12, perThread: false, convolutionWeight: 1e-10, denseWeight: 1e-10 },
  tensorflow: { products: 1.15e11, perThread: true, convolutionWeight: 5.5e-9, denseWeight: 1.1e-9 },
  webgpu: { products: 5e11, perThread: false, convolutionWeight: 1e-9, denseWeight: 1e-9 },
  wasm: { products: 1.5e10, perThread: false, convolutionWeight: 2e-8, denseWeight: 5e-9 },
};

/** Convolutions over few pixels use a processor less well: at this edge their speed is half. */
const halfSpeedEdge = 28;

/** Loading weights, building the network and the first messages. */
const startSeconds = 1.5;
/** Decoding, windowing and resizing of one picture, which later runs on the same data find done. */
const preparationSeconds = 0.006;
/** Of a checkpoint or model: copied out of the engine, hashed, written and flushed to the disk. */
const writtenBytesPerSecond = 2.5e8;
/** How often an epoch is the best so far, and its model is kept. */
const shareOfBestEpochs = 1 / 3;
/** What is left of an epoch where nothing is computed: order, batches, scores, a small checkpoint. */
const leastEpochSeconds = 0.05;
const floatBytes = 4;

/** Gradients of inputs and of weights cost as much as the way forward, each. */
const trainingPasses = 3;

/**
 * Seconds of an epoch's training and validation, and of the whole run with its start and checkpoints. An earlier run on the same device
 * tells how fast it is, best one that is most alike; with none it is a guess.
 */
export function estimateTime(
  configuration: Pick<RunConfiguration, 'epochs'> & TimedConfiguration,
  classes: number,
  counts: Counts,
  machine: { backend: BackendName; device: string; threads: number | null },
  earlier: readonly EarlierSpeed[],
): NonNullable<Preflight['time']> {
  const speed = speedOf(machine.backend, machine.threads);
  const work = workloadOf(configuration, classes);
  const known = mostAlike(configuration, work, classes, machine, earlier);
  // How much slower than expected the machine was then: it will be so again.
  const factor =
    known === null
      ? 1
      : 1 /
        known.imagesPerSecond /
        trainingImageSeconds(known.configuration, workloadOf(known.configuration, classes), speed);
  const passSeconds = (products: number) => products / usable(speed, configuration);
  const once = work.cached
    ? passSeconds(work.frozen) * (counts.training * (configuration.augmentation.flip ? 2 : 1) + counts.validation)
    : 0;
  const forward = (work.cached ? 0 : work.frozen) + work.trained;
  const computed =
    counts.training * trainingImageSeconds(configuration, work, speed) + counts.validation * passSeconds(forward);
  const epochSeconds = Math.max(leastEpochSeconds, factor * computed);
  const images = counts.training + counts.validation;
  const rest = startSeconds + preparationSeconds * images + configuration.epochs * writingSeconds(configuration, work);
  return {
    epochSeconds,
    totalSeconds: rest + factor * once + configuration.epochs * epochSeconds,
    basedOnRun: known?.number ?? null,
  };
}

function speedOf(backend: BackendName, threads: number | null): Speed {
  const speed = speeds[backend];
  return speed.perThread ? { ...speed, products: speed.products * (threads ?? 1) } : speed;
}

/** Multiply-adds per second at the configuration's size of picture. */
function usable({ products }: Speed, { preprocessing: { imageSize } }: TimedConfiguration): number {
  return products * (imageSize / (imageSize + halfSpeedEdge));
}

/** Seconds of one training image, with its share of the step. */
function trainingImageSeconds(configuration: TimedConfiguration, work: Workload, speed: Speed): number {
  const products = (work.cached ? 0 : work.frozen) + trainingPasses * work.trained;
  const step =
    speed.convolutionWeight * work.trainedConvolutionWeights +
    speed.denseWeight * (work.trainedWeights - work.trainedConvolutionWeights);
  return products / usable(speed, configuration) + step / configuration.batchSize;
}

function writingSeconds({ optimiser }: TimedConfiguration, work: Workload): number {
  const slots = optimiser === 'sgd' ? 1 : 2;
  const checkpoint = floatBytes * (1 + slots) * work.trainedWeights;
  return (checkpoint + shareOfBestEpochs * floatBytes * work.weights) / writtenBytesPerSecond;
}

/** A run with a cached backbone says nothing of the speed of convolutions. */
function mostAlike(
  configuration: TimedConfiguration,
  work: Workload,
  classes: number,
  machine: { backend: BackendName; device: string },
  earlier: readonly EarlierSpeed[],
): EarlierSpeed | null {
  const wanted = Math.log(work.frozen + trainingPasses * work.trained);
  const distance = (one: EarlierSpeed, other: Workload): number => {
    const isOtherNetwork = one.configuration.architecture !== configuration.architecture;
    return Math.abs(Math.log(other.frozen + trainingPasses * other.trained) - wanted) + (isOtherNetwork ? 10 : 0);
  };
  const found = earlier
    .filter((one) => one.backend === machine.backend && one.device === machine.device && one.imagesPerSecond > 0)
    .map((one) => ({ one, work: workloadOf(one.configuration, classes) }))
    .filter(({ work: other }) => !other.cached)
    .map(({ one, work: other }) => ({ one, distance: distance(one, other) }));
  return (
    found.reduce<(typeof found)[number] | null>(
      (best, next) => (best === null || next.distance < best.distance ? next : best),
      null,
    )?.one ?? null
  );
}
