/** How long a run will take and how much disk it needs, before it is started. */
import type { Preflight } from '../../src-shared/contract/runs.ts';
import type { RunConfiguration } from '../../src-shared/contract/training.ts';
import type { BackendName } from '../../src-shared/contract/vocabulary.ts';
import { formatBytes } from '../../src-shared/domain/format.ts';
import { workloadOf, type CountedConfiguration, type Workload } from './workload.ts';

/** How fast an earlier run was. */
export interface EarlierSpeed {
  number: number;
  configuration: CountedConfiguration;
  backend: BackendName;
  device: string;
  /** Training images per second of wall time. */
  imagesPerSecond: number;
}

interface Counts {
  training: number;
  validation: number;
}

/**
 * Multiply-adds per second, where nothing was trained on the device yet: what a processor's thread with AVX2 reaches, and modest
 * graphics cards. Real machines lie within about a factor of three.
 */
const guessedSpeed: Record<BackendName, { products: number; perThread: boolean }> = {
  'tensorflow-gpu': { products: 3e12, perThread: false },
  tensorflow: { products: 6e10, perThread: true },
  webgpu: { products: 5e11, perThread: false },
  wasm: { products: 1.5e10, perThread: false },
};

/** Gradients of inputs and of weights cost as much as the way forward, each. */
const trainingPasses = 3;

/**
 * Seconds of an epoch and of the whole run. An earlier run on the same device tells how fast it is, best one that is most alike; with
 * none it is a guess.
 */
export function estimateTime(
  configuration: Pick<RunConfiguration, 'epochs'> & CountedConfiguration,
  classes: number,
  counts: Counts,
  machine: { backend: BackendName; device: string; threads: number | null },
  earlier: readonly EarlierSpeed[],
): NonNullable<Preflight['time']> {
  const work = workloadOf(configuration, classes);
  const known = mostAlike(configuration, work, classes, machine, earlier);
  const { products, perThread } = guessedSpeed[machine.backend];
  const speed =
    known === null
      ? products * (perThread ? (machine.threads ?? 1) : 1)
      : known.imagesPerSecond * perImage(workloadOf(known.configuration, classes));
  const once = work.cached
    ? work.frozen * (counts.training * (configuration.augmentation.flip ? 2 : 1) + counts.validation)
    : 0;
  const forward = (work.cached ? 0 : work.frozen) + work.trained;
  const epoch = counts.training * perImage(work) + counts.validation * forward;
  return {
    epochSeconds: epoch / speed,
    totalSeconds: (once + configuration.epochs * epoch) / speed,
    basedOnRun: known?.number ?? null,
  };
}

/** Multiply-adds of one training image in one epoch. */
function perImage(work: Workload): number {
  return (work.cached ? 0 : work.frozen) + trainingPasses * work.trained;
}

function mostAlike(
  configuration: CountedConfiguration,
  work: Workload,
  classes: number,
  machine: { backend: BackendName; device: string },
  earlier: readonly EarlierSpeed[],
): EarlierSpeed | null {
  const wanted = Math.log(perImage(work));
  const distance = (one: EarlierSpeed): number => {
    const other = workloadOf(one.configuration, classes);
    // A cached backbone says nothing of the speed of convolutions.
    const sameKind = other.cached === work.cached && one.configuration.architecture === configuration.architecture;
    return Math.abs(Math.log(perImage(other)) - wanted) + (sameKind ? 0 : 10);
  };
  const usable = earlier.filter(
    (one) => one.backend === machine.backend && one.device === machine.device && one.imagesPerSecond > 0,
  );
  return usable.reduce<EarlierSpeed | null>(
    (best, one) => (best === null || distance(one) < distance(best) ? one : best),
    null,
  );
}

/** Checkpoints that are kept, and the one that is being written. */
const checkpoints = 4;
const floatBytes = 4;
/** Space that a machine needs to go on working. */
const spareBytes = 1024 ** 3;

/** The most that the run will write: network inputs, cached features, the kept model and its checkpoints. */
export function estimateDisk(
  configuration: CountedConfiguration,
  classes: number,
  counts: Counts,
  freeBytes: number,
): { disk: NonNullable<Preflight['disk']>; problems: Preflight['problems'] } {
  const work = workloadOf(configuration, classes);
  const images = counts.training + counts.validation;
  const slots = configuration.optimiser === 'sgd' ? 1 : 2;
  const kept = images + (configuration.augmentation.flip ? counts.training : 0);
  const neededBytes =
    images * configuration.preprocessing.imageSize ** 2 +
    kept * work.features * floatBytes +
    floatBytes * (2 * work.weights + checkpoints * (work.weights + slots * work.trainedWeights));
  const disk = { neededBytes, freeBytes };
  if (neededBytes + spareBytes <= freeBytes) return { disk, problems: [] };
  const lighter = configuration.head === 'full' ? 'choose the compact head, ' : '';
  return {
    disk,
    problems: [
      {
        severity: neededBytes > freeBytes ? 'blocks' : 'careful',
        message: `The run may need ${formatBytes(neededBytes)} of disk for its model and checkpoints; ${formatBytes(freeBytes)} are free where the project lies.`,
        remedy: `Make room, ${lighter}or delete runs that are not needed any more.`,
      },
    ],
  };
}
