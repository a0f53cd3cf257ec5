/** Guided set-up: four questions, what is recommended and why, and the whole configuration that follows from the answers. */
import type { FoundWeights } from '../../../../src-shared/contract/modelFiles.ts';
import {
  defaultAugmentation,
  defaultLearningRate,
  defaultRunConfiguration,
  defaultWeightDecay,
  type RunConfiguration,
} from '../../../../src-shared/contract/training.ts';
import type { Architecture } from '../../../../src-shared/contract/vocabulary.ts';

export interface GuidedChoices {
  architecture: Architecture;
  /** Path of a weights file; null starts from random weights. */
  weights: string | null;
  /** How much of the network learns: the last layer alone, the upper two of five blocks, or everything. */
  depth: 'head' | 'upper' | 'all';
  length: 'short' | 'usual' | 'thorough';
}

export interface GuidedFacts {
  trainingImages: number;
  onGraphicsCard: boolean;
  found: readonly FoundWeights[];
}

export interface Recommendation<Value> {
  value: Value;
  why: string;
}

/** Below this many images a network of a hundred million weights learns them by heart. */
const fewImages = 2000;

/** Convolutions of the lower three of VGG's five blocks. */
const lowerConvolutions: Record<Architecture, number> = { vgg16: 7, vgg19_bn: 8 };

export const lengths = {
  short: { imageSize: 96, epochs: 5, patience: null },
  usual: { imageSize: 224, epochs: 20, patience: 6 },
  thorough: { imageSize: 224, epochs: 60, patience: 12 },
} as const;

/** A single new layer takes larger steps than weights that know something already. */
export function usualLearningRate(
  optimiser: RunConfiguration['optimiser'],
  { isPretrained, onlyHead }: { isPretrained: boolean; onlyHead: boolean },
): number {
  return Number((defaultLearningRate(optimiser, isPretrained) * (onlyHead ? 10 : 1)).toPrecision(6));
}

export function recommendedArchitecture({ found }: GuidedFacts): Recommendation<Architecture> {
  const fitting = new Set(found.map((one) => one.architecture));
  if (fitting.has('vgg16') && !fitting.has('vgg19_bn')) {
    return { value: 'vgg16', why: 'ImageNet weights for it are on this computer.' };
  }
  return { value: 'vgg19_bn', why: 'Its batch normalisation makes training steadier, above all on few images.' };
}

export function recommendedWeights(architecture: Architecture, { found }: GuidedFacts): Recommendation<string | null> {
  const fitting = found.find((one) => one.architecture === architecture);
  if (fitting) {
    return { value: fitting.path, why: 'A network that has seen a million pictures needs far fewer of yours.' };
  }
  return { value: null, why: 'No weights for this network were found on this computer.' };
}

export function recommendedDepth(
  weights: string | null,
  { trainingImages, onGraphicsCard }: GuidedFacts,
): Recommendation<GuidedChoices['depth']> {
  if (weights === null) return { value: 'all', why: 'Random weights have learned nothing; everything has to.' };
  if (trainingImages < fewImages / 4 && !onGraphicsCard) {
    return { value: 'head', why: 'With few images, and on the processor, it is safest and takes minutes.' };
  }
  if (trainingImages < fewImages) {
    return { value: 'upper', why: 'Enough of it learns for CT, and few images are not learned by heart.' };
  }
  return { value: 'all', why: 'There are enough images to let all of it learn.' };
}

export function recommendedChoices(facts: GuidedFacts): GuidedChoices {
  const architecture = recommendedArchitecture(facts).value;
  const weights = recommendedWeights(architecture, facts).value;
  return { architecture, weights, depth: recommendedDepth(weights, facts).value, length: 'usual' };
}

/** Answers that go together: frozen random weights can teach nothing, so without weights everything learns. */
export function consistentChoices(choices: GuidedChoices): GuidedChoices {
  return choices.weights === null && choices.depth !== 'all' ? { ...choices, depth: 'all' } : choices;
}

/** The configuration that the answers mean; window, seed and precision stay as they are in `base`. */
export function guidedConfiguration(
  given: GuidedChoices,
  base: RunConfiguration,
  { onGraphicsCard }: Pick<GuidedFacts, 'onGraphicsCard'>,
): RunConfiguration {
  const { architecture, weights, depth, length } = consistentChoices(given);
  const { imageSize, epochs, patience } = lengths[length];
  return {
    ...defaultRunConfiguration,
    architecture,
    weights,
    head: depth === 'head' || weights === null ? 'compact' : 'full',
    freeze: depth === 'head' ? 'backbone' : depth === 'upper' ? lowerConvolutions[architecture] : 'none',
    preprocessing: { imageSize, window: base.preprocessing.window },
    augmentation: defaultAugmentation,
    optimiser: 'adam',
    learningRate: usualLearningRate('adam', { isPretrained: weights !== null, onlyHead: depth === 'head' }),
    schedule: { kind: 'cosine', warmupEpochs: 1, finalShare: 0.01 },
    weightDecay: defaultWeightDecay('adam'),
    epochs,
    batchSize: onGraphicsCard ? 16 : 8,
    classWeights: 'balanced',
    earlyStopping: patience === null ? null : { patience },
    seed: base.seed,
    precision: base.precision,
  };
}
