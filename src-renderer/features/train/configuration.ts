/** A run's configuration as the form edits it, and as words. */
import { runConfigurationSchema, type RunConfiguration } from '../../../src-shared/contract/training.ts';
import { formatNumber } from '../../../src-shared/domain/format.ts';
import { optimiserWords, scheduleWords } from '../../../src-shared/domain/learningWords.ts';
import { architectureWords, headWords } from '../../ui/words.ts';
import { presets } from '../../ui/windowPresets.ts';

export const imageSizes = [64, 96, 128, 160, 192, 224, 256, 320] as const;

/** A copy that shares nothing with the original, also where that is watched by the interface. */
export function copyOf(configuration: RunConfiguration): RunConfiguration {
  const { preprocessing, augmentation, schedule, earlyStopping } = configuration;
  return {
    ...configuration,
    preprocessing: { ...preprocessing, window: preprocessing.window && { ...preprocessing.window } },
    augmentation: { ...augmentation },
    schedule: { ...schedule },
    earlyStopping: earlyStopping && { ...earlyStopping },
  };
}

/** A configuration that ends in minutes on any machine: enough to see that everything works, not to judge the method. */
export function quickTrial(defaults: RunConfiguration): RunConfiguration {
  return {
    ...defaults,
    head: 'compact',
    preprocessing: { ...defaults.preprocessing, imageSize: 64 },
    epochs: 4,
    batchSize: 16,
    learningRate: 1e-3,
  };
}

/** `own` takes each file's own window, a digit one of the presets, `custom` numbers of the user's. */
export function windowChoice(configuration: RunConfiguration): string {
  const window = configuration.preprocessing.window;
  if (!window) return 'own';
  return presets.find((one) => one.window.level === window.level && one.window.width === window.width)?.key ?? 'custom';
}

/** Fields whose value the contract refuses, each with the reason. */
export function configurationProblems(configuration: RunConfiguration): string[] {
  const parsed = runConfigurationSchema.safeParse(configuration);
  if (parsed.success) return [];
  const names: Record<string, string> = {
    epochs: 'Epochs',
    batchSize: 'Batch size',
    learningRate: 'Learning rate',
    weightDecay: 'Weight decay',
    momentum: 'Momentum',
    seed: 'Seed',
    freeze: 'Frozen convolutions',
    preprocessing: 'Picture',
    augmentation: 'Random changes',
    schedule: 'Schedule',
    labelSmoothing: 'Label smoothing',
    earlyStopping: 'Early stopping',
  };
  return parsed.error.issues.map(
    (issue) => `${names[String(issue.path[0])] ?? String(issue.path[0])}: ${issue.message}`,
  );
}

function windowWords(configuration: RunConfiguration): string {
  const window = configuration.preprocessing.window;
  if (!window) return "each file's own window";
  const preset = presets.find((one) => one.window.level === window.level && one.window.width === window.width);
  const numbers = `W ${formatNumber(window.width, 0)} L ${formatNumber(window.level, 0)} HU`;
  return preset ? `${preset.words.toLowerCase()} window (${numbers})` : numbers;
}

function freezeWords(configuration: RunConfiguration): string {
  if (configuration.freeze === 'none') return 'nothing frozen';
  if (configuration.freeze === 'backbone') return 'whole backbone frozen';
  return `first ${configuration.freeze} convolutions frozen`;
}

function augmentationWords({ augmentation }: RunConfiguration): string {
  const parts: string[] = [];
  if (augmentation.flip) parts.push('mirrored left–right');
  if (augmentation.cropScale < 1) parts.push(`crops of ${formatNumber(100 * augmentation.cropScale, 0)}–100 %`);
  if (augmentation.brightness > 0) parts.push(`brightness ±${formatNumber(100 * augmentation.brightness, 0)} %`);
  if (augmentation.contrast > 0) parts.push(`contrast ±${formatNumber(100 * augmentation.contrast, 0)} %`);
  return parts.length > 0 ? parts.join(', ') : 'none';
}

/** The configuration as pairs of name and words, one choice a line, for reading and for telling runs apart. */
export function describeConfiguration(configuration: RunConfiguration): [name: string, words: string][] {
  const { preprocessing, earlyStopping } = configuration;
  return [
    ['Network', architectureWords[configuration.architecture]],
    ['Head', headWords[configuration.head]],
    ['Starting weights', configuration.weights ?? 'random'],
    ['Frozen', freezeWords(configuration)],
    ['Picture', `${preprocessing.imageSize} × ${preprocessing.imageSize}`],
    ['Window', windowWords(configuration)],
    ['Random changes', augmentationWords(configuration)],
    ['Optimiser', optimiserWords(configuration)],
    ['Learning rate', String(configuration.learningRate)],
    ['Schedule', scheduleWords(configuration)],
    ['Weight decay', String(configuration.weightDecay)],
    ['Epochs', String(configuration.epochs)],
    ['Batch', String(configuration.batchSize)],
    ['Class weights', configuration.classWeights === 'balanced' ? 'balanced' : 'none'],
    ['Sampling', configuration.sampling === 'balanced' ? 'as many of each class' : 'each image once'],
    ['Label smoothing', configuration.labelSmoothing === 0 ? 'none' : String(configuration.labelSmoothing)],
    ['Early stopping', earlyStopping === null ? 'none' : `after ${earlyStopping.patience} epochs without progress`],
    ['Precision', configuration.precision === 'mixed' ? 'mixed: bfloat16 products in training' : 'float32'],
    ['Seed', String(configuration.seed)],
  ];
}
