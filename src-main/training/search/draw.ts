import { createHash } from 'node:crypto';
import { ZodError } from 'zod';
import {
  searchParameterNames,
  type NumberRange,
  type SearchParameter,
  type SearchRequest,
  type SearchSpace,
  type TrialChoice,
} from '../../../src-shared/contract/search.ts';
import {
  defaultAugmentation,
  runConfigurationSchema,
  type Augmentation,
  type RunConfiguration,
} from '../../../src-shared/contract/training.ts';
import { createRandom, shuffled } from '../../../src-shared/domain/random.ts';

type Range = NonNullable<SearchSpace['parameters'][SearchParameter]>;
type Value = NonNullable<TrialChoice[SearchParameter]>;

/**
 * Values of one trial. Each follows from the search's seed, the trial's number and the parameter's name alone: neither the order in
 * which workers become free nor another parameter of the space changes it.
 */
export function drawTrial(request: SearchRequest, number: number): TrialChoice {
  if (request.method === 'grid') return gridPoints(request)[number - 1]!;
  return Object.fromEntries(
    ranges(request.space).map(([name, range]) => [name, valueAt(range, fraction(request.seed, number, name))]),
  );
}

/** The seed of a trial's training: from the search's seed and the trial's number. */
export function trialSeed(searchSeed: number, number: number): number {
  return digest(searchSeed, number, 'seed').readUInt32BE(0);
}

/** All points of the grid, in an order drawn from the seed, so that a budget that ends early has seen all of the space. */
export function gridPoints({ space, seed }: Pick<SearchRequest, 'space' | 'seed'>): TrialChoice[] {
  let all: TrialChoice[] = [{}];
  for (const [name, range] of ranges(space)) {
    all = all.flatMap((choice) => gridValues(range).map((value) => ({ ...choice, [name]: value })));
  }
  return shuffled(all, createRandom(seed));
}

/** The whole configuration of a trial. */
export function configureTrial(request: SearchRequest, number: number, choice: TrialChoice): RunConfiguration {
  const { augmentationStrength, schedule, ...fields } = choice;
  return runConfigurationSchema.parse({
    ...request.base,
    ...fields,
    ...(typeof augmentationStrength === 'number'
      ? { augmentation: strengthened(request.base.augmentation, augmentationStrength) }
      : {}),
    ...(schedule === undefined ? {} : { schedule: usualSchedule(schedule, request.base.epochs) }),
    seed: trialSeed(request.seed, number),
  });
}

/** A schedule of a kind for so many epochs; the schema refuses a kind that there is not. */
function usualSchedule(kind: Value, epochs: number): unknown {
  switch (kind) {
    case 'step':
      return { kind, everyEpochs: Math.max(1, Math.floor(epochs / 3)), factor: 0.1 };
    case 'cosine':
      return { kind, warmupEpochs: epochs >= 10 ? 1 : 0, finalShare: 0.01 };
    case 'oneCycle':
      return { kind, peakAt: 0.3 };
    default:
      return { kind };
  }
}

/** What of a space no training would take, in words; null where all is well. Looks at the ends of each range and at every choice. */
export function problemOf(request: SearchRequest): string | null {
  const several = (request.space.parameters.architecture?.values.length ?? 0) > 1;
  if (several && request.base.weights !== null) {
    return 'A weights file belongs to one architecture; with several the trainings start from random weights';
  }
  for (const [name, range] of ranges(request.space)) {
    const ends: Value[] = range.kind === 'choice' ? [...range.values] : [range.low, range.high];
    for (const value of ends) {
      if (name === 'augmentationStrength') {
        if (typeof value === 'number' && value < 0) return `${name} ${value}: it cannot be below 0`;
        continue;
      }
      try {
        configureTrial(request, 1, { [name]: value });
      } catch (error) {
        if (!(error instanceof ZodError)) throw error;
        return `${name} ${value}: ${error.issues[0]?.message ?? 'not possible'}`;
      }
    }
  }
  return null;
}

/** Augmentation times `strength`: 0 is none, 1 as given; the defaults' where the base has none. Bounds are the schema's. */
export function strengthened(base: Augmentation, strength: number): Augmentation {
  const none = !base.flip && base.cropScale === 1 && base.brightness === 0 && base.contrast === 0;
  const given = none ? defaultAugmentation : base;
  const round = (value: number) => Number(value.toFixed(4));
  return {
    ...given,
    flip: given.flip && strength > 0,
    cropScale: round(Math.max(0.08, 1 - strength * (1 - given.cropScale))),
    brightness: round(Math.min(0.9, strength * given.brightness)),
    contrast: round(Math.min(0.9, strength * given.contrast)),
  };
}

/** The parameters that are varied, in the contract's order. */
function ranges(space: SearchSpace): [SearchParameter, Range][] {
  return searchParameterNames.flatMap((name) => {
    const range = space.parameters[name];
    return range === undefined ? [] : [[name, range]];
  });
}

function valueAt(range: Range, at: number): Value {
  if (range.kind === 'choice') return range.values[Math.floor(at * range.values.length)]!;
  return numberAt(range, at);
}

/** The number at a share 0 … 1 of a range, on its scale, to four significant digits, so that it can be read and typed. */
function numberAt(range: Exclude<NumberRange, { kind: 'choice' }>, at: number): number {
  const { low, high } = range;
  const exact =
    range.kind === 'uniform'
      ? low + at * (high - low)
      : Math.exp(Math.log(low) + at * (Math.log(high) - Math.log(low)));
  return Math.min(high, Math.max(low, Number(exact.toPrecision(4))));
}

function gridValues(range: Range): Value[] {
  if (range.kind === 'choice') return [...range.values];
  return Array.from({ length: range.points }, (_unused, place) => numberAt(range, place / (range.points - 1)));
}

/** Uniform in 0 … 1 (1 not included), from the first 53 bits of a hash. */
function fraction(seed: number, number: number, name: string): number {
  const hash = digest(seed, number, name);
  return (hash.readUInt32BE(0) * 2 ** 21 + (hash.readUInt32BE(4) >>> 11)) / 2 ** 53;
}

function digest(seed: number, number: number, name: string): Buffer {
  return createHash('sha256').update(`parenchyma search ${seed} trial ${number} ${name}`).digest();
}
