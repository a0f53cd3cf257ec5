import { z } from 'zod';
import {
  architectureSchema,
  backendNameSchema,
  headSchema,
  sha256Schema,
  timestampSchema,
  windowSchema,
} from './vocabulary.ts';

/** Random changes to a training image, drawn anew each epoch. All factors are relative; nothing is applied to validation or test. */
export const augmentationSchema = z.strictObject({
  /** Mirror left–right with probability ½. */
  flip: z.boolean(),
  /** Random resized crop: least share of the area kept, 1 = off; aspect ratio 3/4 … 4/3. */
  cropScale: z.number().min(0.08).max(1),
  /** Brightness factor drawn from 1 ± this; 0 = off. */
  brightness: z.number().min(0).max(0.9),
  /** Contrast factor drawn from 1 ± this; 0 = off. */
  contrast: z.number().min(0).max(0.9),
});
export type Augmentation = z.infer<typeof augmentationSchema>;

export const defaultAugmentation: Augmentation = { flip: true, cropScale: 0.7, brightness: 0.1, contrast: 0.1 };
export const noAugmentation: Augmentation = { flip: false, cropScale: 1, brightness: 0, contrast: 0 };

/** Layers whose weights stay as they are: the whole backbone, its first N convolutions, or none. */
export const freezeSchema = z.union([z.literal('backbone'), z.literal('none'), z.int().positive()]);
export type Freeze = z.infer<typeof freezeSchema>;

/**
 * How training computes convolutions: in float32, or with factors rounded to bfloat16 (eight significant bits) and sums, weights and
 * everything else in float32. Validation, test and predictions are always in float32.
 */
export const precisionSchema = z.enum(['float32', 'mixed']);
export type Precision = z.infer<typeof precisionSchema>;

/** From stored values to the network's input; part of the run and saved with its model. */
export const preprocessingSchema = z.strictObject({
  /** Edge of the square input in pixels. */
  imageSize: z.int().min(32).max(512),
  /** Window for images that have HU; null takes each file's own first window (or its full range). Plain pictures use their gray levels 0 … 255. */
  window: windowSchema.nullable(),
});
export type Preprocessing = z.infer<typeof preprocessingSchema>;

/** How the learning rate goes on from step to step; formulas in `src-shared/domain/schedule.ts`, each as torch has it. */
export const scheduleSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('constant') }),
  /** The rate is multiplied by `factor` after every `everyEpochs` epochs. */
  z.strictObject({
    kind: z.literal('step'),
    everyEpochs: z.int().min(1).max(10_000),
    factor: z.number().positive().max(1),
  }),
  /** Rises in a straight line for `warmupEpochs`, then falls along half a cosine to `finalShare` of the rate. */
  z.strictObject({
    kind: z.literal('cosine'),
    warmupEpochs: z.int().min(0).max(1000),
    finalShare: z.number().min(0).max(1),
  }),
  /** Rises from a twenty-fifth of the rate to the rate at the share `peakAt` of all steps, then falls to almost nothing. */
  z.strictObject({ kind: z.literal('oneCycle'), peakAt: z.number().min(0.01).max(0.99) }),
]);
export type Schedule = z.infer<typeof scheduleSchema>;
export const constantSchedule: Schedule = { kind: 'constant' };

/**
 * The training ends when `patience` epochs in a row brought neither the lowest validation loss nor the highest validation accuracy
 * so far. Both count, since accuracy moves in steps of one image and loss can rise while decisions still become better.
 */
export const earlyStoppingSchema = z.strictObject({ patience: z.int().min(1).max(1000) });
export type EarlyStopping = z.infer<typeof earlyStoppingSchema>;

export const runConfigurationSchema = z.strictObject({
  architecture: architectureSchema,
  head: headSchema,
  freeze: freezeSchema,
  /** Path of a weights file, or null for random initialisation. */
  weights: z.string().nullable(),
  preprocessing: preprocessingSchema,
  augmentation: augmentationSchema,
  optimiser: z.enum(['adam', 'adamw', 'sgd']),
  /** The schedule's reference: where it begins (constant, step), or its largest value (cosine, one-cycle). */
  learningRate: z.number().positive().max(10),
  schedule: scheduleSchema.default(constantSchedule),
  /** Epochs that the schedule spans; null for `epochs`. A run that was extended keeps the span it was started with. */
  scheduleEpochs: z.int().min(1).max(10_000).nullable().default(null),
  /** As torch.optim: an L2 penalty added to the gradient, with AdamW a decay of the weights apart from it. */
  weightDecay: z.number().min(0).max(1),
  /** SGD only. */
  momentum: z.number().min(0).max(0.999),
  epochs: z.int().min(1).max(10_000),
  batchSize: z.int().min(1).max(512),
  /** `balanced`: each class weighs n / (classes · n of the class). */
  classWeights: z.enum(['balanced', 'none']),
  /** `balanced`: every epoch has as many images of each class, those of a small class several times. */
  sampling: z.enum(['shuffled', 'balanced']).default('shuffled'),
  /** Share of the target that is spread evenly over all classes, as torch.nn.CrossEntropyLoss does; in training only. */
  labelSmoothing: z.number().min(0).max(0.5).default(0),
  earlyStopping: earlyStoppingSchema.nullable().default(null),
  seed: z.int().min(0).max(4_294_967_295),
  /** Models of before there was a choice were trained in float32. */
  precision: precisionSchema.default('float32'),
});
export type RunConfiguration = z.infer<typeof runConfigurationSchema>;

/** Pretrained weights are changed gently; random ones need larger steps. SGD with momentum 0.9 takes about ten times Adam's rate. */
export function defaultLearningRate(optimiser: RunConfiguration['optimiser'], pretrained: boolean): number {
  const adam = pretrained ? 1e-4 : 3e-4;
  return optimiser === 'sgd' ? adam * 10 : adam;
}

/** AdamW's decay does not pass through the moments and is set larger; torch's default. */
export const defaultWeightDecay = (optimiser: RunConfiguration['optimiser']): number =>
  optimiser === 'adamw' ? 1e-2 : 1e-4;

export const defaultRunConfiguration: RunConfiguration = {
  architecture: 'vgg19_bn',
  head: 'full',
  freeze: 'none',
  weights: null,
  preprocessing: { imageSize: 224, window: { level: -600, width: 1500 } },
  augmentation: defaultAugmentation,
  optimiser: 'adam',
  learningRate: defaultLearningRate('adam', false),
  schedule: constantSchedule,
  scheduleEpochs: null,
  weightDecay: defaultWeightDecay('adam'),
  momentum: 0.9,
  epochs: 20,
  batchSize: 8,
  classWeights: 'balanced',
  sampling: 'shuffled',
  labelSmoothing: 0,
  earlyStopping: null,
  seed: 1,
  precision: 'float32',
};

const setResult = z.strictObject({ loss: z.number().nullable(), accuracy: z.number().nullable() });

/** One line of the learning curves. Rates are images per second of wall time. */
export const epochRecordSchema = z.strictObject({
  epoch: z.int().positive(),
  training: setResult,
  validation: setResult.extend({
    auc: z.number().nullable(),
    sensitivity: z.number().nullable(),
    specificity: z.number().nullable(),
  }),
  /** Of the epoch's last step. */
  learningRate: z.number(),
  seconds: z.number(),
  imagesPerSecond: z.number(),
  etaSeconds: z.number().nullable(),
  /** True when this epoch has the best validation accuracy so far (ties: lower validation loss) and its weights were kept. */
  best: z.boolean(),
});
export type EpochRecord = z.infer<typeof epochRecordSchema>;

export const backendInfoSchema = z.strictObject({
  backend: backendNameSchema,
  /** Version of the library that computes, e.g. TensorFlow's. */
  libraryVersion: z.string(),
  device: z.string(),
  /** Name of the device's driver with its version; null for a CPU. */
  driver: z.string().nullable(),
  /** Bytes the device can give; null where unknown. */
  memoryBytes: z.number().nullable(),
  threads: z.int().positive().nullable(),
  /** Whether training in mixed precision is possible; absent means no. */
  mixedPrecision: z.boolean().optional(),
});
export type BackendInfo = z.infer<typeof backendInfoSchema>;

export const backendRefusalSchema = z.strictObject({
  backend: backendNameSchema,
  /** Machine-readable reason. */
  code: z.string(),
  /** What is missing and how to get it, in words. */
  reason: z.string(),
});
export type BackendRefusal = z.infer<typeof backendRefusalSchema>;

const channels = z.tuple([z.number(), z.number(), z.number()]);

/** Mean and standard deviation of the channels red, green, blue, for inputs scaled to 0 … 1; it belongs to the initial weights. */
export const inputNormalisationSchema = z.strictObject({ mean: channels, deviation: channels });
export type InputNormalisation = z.infer<typeof inputNormalisationSchema>;

/** torchvision's, and that of random initial weights. */
export const imagenetNormalisation: InputNormalisation = {
  mean: [0.485, 0.456, 0.406],
  deviation: [0.229, 0.224, 0.225],
};

/** The card beside a model's weights: all that is needed to use them again and to know where they came from. */
export const modelCardSchema = z.strictObject({
  format: z.literal('parenchyma-model'),
  version: z.literal(1),
  architecture: architectureSchema,
  head: headSchema,
  classes: z.array(z.string()).min(2),
  positiveClass: z.string(),
  preprocessing: preprocessingSchema,
  /** Cards of the first versions have none: theirs was always ImageNet's. */
  normalisation: inputNormalisationSchema.default(imagenetNormalisation),
  epoch: z.int().positive(),
  validation: epochRecordSchema.shape.validation,
  configuration: runConfigurationSchema,
  /** sha256 of the weights file the run started from; null for random initialisation. */
  initialWeightsSha256: sha256Schema.nullable(),
  weightsSha256: sha256Schema,
  snapshotSha256: sha256Schema,
  softwareVersion: z.string(),
  backend: backendInfoSchema,
  createdAt: timestampSchema,
});
export type ModelCard = z.infer<typeof modelCardSchema>;
