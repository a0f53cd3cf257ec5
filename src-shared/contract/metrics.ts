import { z } from 'zod';
import { setNameSchema } from './vocabulary.ts';

/** A proportion with its 95 % interval; null where the denominator is 0. */
export const intervalSchema = z.strictObject({
  value: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  method: z.enum(['wilson', 'clopper-pearson', 'delong']),
});
export type Interval = z.infer<typeof intervalSchema>;

/** Rules by which a threshold can be computed. */
export const choosableRuleSchema = z.union([
  z.literal('fixed'),
  z.literal('youden'),
  z.templateLiteral(['sensitivity>=', z.number()]),
]);
export type ChoosableRule = z.infer<typeof choosableRuleSchema>;

/** `manual`: moved by hand on the validation curve and frozen there. */
export const operatingPointRuleSchema = z.union([choosableRuleSchema, z.literal('manual')]);
export type OperatingPointRule = z.infer<typeof operatingPointRuleSchema>;

/** The threshold at or above which an image is called positive; chosen on validation, then frozen. */
export const operatingPointSchema = z.strictObject({
  threshold: z.number(),
  rule: operatingPointRuleSchema,
  /** The set the threshold was chosen on; `none` for a fixed threshold; `same` where a table says no set and it was chosen on itself. */
  chosenOn: z.enum(['validation', 'none', 'same']),
});
export type OperatingPoint = z.infer<typeof operatingPointSchema>;

const bounds = z.strictObject({ low: z.number().nullable(), high: z.number().nullable() });

/** The first point of each curve (nothing called positive) has no finite threshold; JSON has no infinity, so it says null. */
const threshold = z.number().nullable();

const confusionSchema = z.strictObject({
  tp: z.int().nonnegative(),
  fp: z.int().nonnegative(),
  fn: z.int().nonnegative(),
  tn: z.int().nonnegative(),
});
export type Confusion = z.infer<typeof confusionSchema>;

const decisionSchemas = {
  confusion: confusionSchema,
  sensitivity: intervalSchema,
  specificity: intervalSchema,
  ppv: intervalSchema,
  npv: intervalSchema,
  accuracy: intervalSchema,
};

/** How the probabilities of a patient's images become one: their mean, the highest, or the mean of the k highest. */
export const aggregationSchema = z.union([
  z.literal('mean'),
  z.literal('max'),
  z.templateLiteral(['top-', z.int().positive(), '-mean']),
]);
export type Aggregation = z.infer<typeof aggregationSchema>;

/** Patients as the unit: one probability per patient by `aggregation`, judged at the image-level threshold. */
export const patientLevelSchema = z.strictObject({
  aggregation: aggregationSchema,
  /** Threshold applied to the aggregated probability: the image-level one. */
  threshold: z.number().nullable().default(null),
  n: z.strictObject({
    patients: z.int().nonnegative(),
    positive: z.int().nonnegative(),
    negative: z.int().nonnegative(),
  }),
  ...decisionSchemas,
  auc: intervalSchema,
});
export type PatientLevel = z.infer<typeof patientLevelSchema>;

/** More than two classes: the class with the highest probability is the decision; each class is also judged against the rest. */
export const multiclassDocumentSchema = z.strictObject({
  set: setNameSchema.nullable(),
  classes: z.array(z.string()).min(2),
  n: z.strictObject({ images: z.int().nonnegative(), perClass: z.array(z.int().nonnegative()) }),
  /** Row: reference standard; column: decision. */
  confusion: z.array(z.array(z.int().nonnegative())),
  accuracy: intervalSchema,
  perClass: z.array(
    z.strictObject({
      class: z.string(),
      ...decisionSchemas,
      f1: z.number().nullable(),
      averagePrecision: z.number().nullable(),
      auc: intervalSchema,
    }),
  ),
  /** Unweighted means over the classes; null where one class has no value. */
  macro: z.strictObject({
    sensitivity: z.number().nullable(),
    specificity: z.number().nullable(),
    ppv: z.number().nullable(),
    f1: z.number().nullable(),
    auc: z.number().nullable(),
    averagePrecision: z.number().nullable(),
  }),
  warnings: z.array(z.string()),
});
export type MulticlassDocument = z.infer<typeof multiclassDocumentSchema>;

export const metricsDocumentSchema = z.strictObject({
  set: setNameSchema.nullable(),
  positiveClass: z.string(),
  n: z.strictObject({
    images: z.int().nonnegative(),
    patients: z.int().nonnegative().nullable(),
    positive: z.int().nonnegative(),
    negative: z.int().nonnegative(),
  }),
  operatingPoint: operatingPointSchema,
  ...decisionSchemas,
  f1: z.number().nullable(),
  mcc: z.number().nullable(),
  averagePrecision: z.number().nullable(),
  brier: z.number().nullable(),
  auc: intervalSchema,
  /**
   * DeLong's interval on the logit scale (Pepe 2003, section 5.2), which holds the truth better where images are few or the AUC is near 1;
   * null where the AUC has no variance or is 0 or 1. Documents written before it existed have none.
   */
  aucLogit: z
    .strictObject({ low: z.number(), high: z.number(), method: z.literal('delong-logit') })
    .nullable()
    .default(null),
  ece: z.strictObject({ value: z.number().nullable(), bins: z.literal(10) }),
  calibration: z.strictObject({
    slope: z.number().nullable(),
    intercept: z.number().nullable(),
    bins: z.array(
      z.strictObject({
        low: z.number(),
        high: z.number(),
        n: z.int().nonnegative(),
        meanProbability: z.number().nullable(),
        observed: z.number().nullable(),
      }),
    ),
  }),
  clustered: z
    .strictObject({
      unit: z.literal('patient'),
      replicates: z.int().positive(),
      seed: z.int().nonnegative(),
      auc: bounds,
      sensitivity: bounds,
      specificity: bounds,
      accuracy: bounds,
    })
    .nullable(),
  /**
   * The same with patients as the unit for when they are few: variance between patients, logit scale, Student's t. Null where `clustered` is.
   * A figure is null where fewer than two patients contribute or, of the AUC, no variance can be estimated. Documents written before it
   * existed have none.
   */
  clusteredLogit: z
    .strictObject({
      unit: z.literal('patient'),
      method: z.literal('logit-t'),
      auc: bounds,
      sensitivity: bounds,
      specificity: bounds,
      accuracy: bounds,
    })
    .nullable()
    .default(null),
  /** Null where no patient is known or every patient has one image. */
  patientLevel: patientLevelSchema.nullable(),
  roc: z.array(z.strictObject({ threshold, fpr: z.number(), tpr: z.number() })),
  /**
   * Pointwise 95 % band of the sensitivity at given false-positive rates; null where a class has fewer than two images. Documents
   * written before it existed have none.
   */
  rocBand: z
    .strictObject({
      method: z.literal('bootstrap'),
      /** What was drawn with replacement: patients, or images within their class. */
      unit: z.enum(['patient', 'image']),
      replicates: z.int().positive(),
      seed: z.int().nonnegative(),
      points: z.array(z.strictObject({ fpr: z.number(), low: z.number(), high: z.number() })),
    })
    .nullable()
    .default(null),
  pr: z.array(z.strictObject({ threshold, precision: z.number(), recall: z.number() })),
  /** All classes against each other; null where there are two. */
  multiclass: multiclassDocumentSchema.nullable().default(null),
  warnings: z.array(z.string()),
});
export type MetricsDocument = z.infer<typeof metricsDocumentSchema>;

/** Cohen's κ with its large-sample 95 % interval; null where chance alone gives full agreement. */
export const kappaSchema = z.strictObject({
  value: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  /** Share of cases on which both say the same. */
  agreement: z.number().nullable(),
  n: z.int().nonnegative(),
});
export type Kappa = z.infer<typeof kappaSchema>;

const mcnemarSchema = z.strictObject({
  bothRight: z.int().nonnegative(),
  onlyFirstRight: z.int().nonnegative(),
  onlySecondRight: z.int().nonnegative(),
  bothWrong: z.int().nonnegative(),
  /** Exact two-sided p of the discordant images; 1 where there is none. */
  pValue: z.number(),
});
export type McNemar = z.infer<typeof mcnemarSchema>;

const pairedAucSchema = z.strictObject({
  difference: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  z: z.number().nullable(),
  pValue: z.number().nullable(),
  /** Holm's correction over all pairs; null with fewer than three runs. */
  pAdjusted: z.number().nullable(),
  method: z.literal('delong-paired'),
});
const pairedDecisionsSchema = mcnemarSchema.extend({
  pAdjusted: z.number().nullable(),
  method: z.literal('mcnemar-exact'),
});

/** Two runs on the same images, named by their place in `runs`. Differences are first minus second. */
export const pairedComparisonSchema = z.strictObject({
  first: z.int().nonnegative(),
  second: z.int().nonnegative(),
  auc: pairedAucSchema,
  decisions: pairedDecisionsSchema,
  /** McNemar on the positive images alone, and on the negative ones alone. */
  sensitivity: mcnemarSchema,
  specificity: mcnemarSchema,
  /** The same with one probability per patient, which the tests may take as independent; null where no patient has several images. */
  patientLevel: z
    .strictObject({ aggregation: aggregationSchema, auc: pairedAucSchema, decisions: pairedDecisionsSchema })
    .nullable()
    .default(null),
});
export type PairedComparison = z.infer<typeof pairedComparisonSchema>;

export const comparisonDocumentSchema = z.strictObject({
  set: setNameSchema.nullable(),
  positiveClass: z.string(),
  runs: z.array(z.strictObject({ name: z.string(), metrics: metricsDocumentSchema })).min(2),
  pairs: z.array(pairedComparisonSchema).min(1),
  warnings: z.array(z.string()),
});
export type ComparisonDocument = z.infer<typeof comparisonDocumentSchema>;

/** Figures of the images of one level of an attribute, e.g. of one scanner, at the operating point of the whole set. */
export const subgroupSchema = z.strictObject({
  attribute: z.string(),
  level: z.string(),
  images: z.int().nonnegative(),
  positive: z.int().nonnegative(),
  sensitivity: intervalSchema,
  specificity: intervalSchema,
  auc: intervalSchema,
});
export type Subgroup = z.infer<typeof subgroupSchema>;
