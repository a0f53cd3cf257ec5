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

export const operatingPointRuleSchema = z.union([
  z.literal('fixed'),
  z.literal('youden'),
  z.templateLiteral(['sensitivity>=', z.number()]),
]);
export type OperatingPointRule = z.infer<typeof operatingPointRuleSchema>;

/** The threshold at or above which an image is called positive; chosen on validation, then frozen. */
export const operatingPointSchema = z.strictObject({
  threshold: z.number(),
  rule: operatingPointRuleSchema,
  /** The set the threshold was chosen on; `none` for a fixed threshold. */
  chosenOn: z.enum(['validation', 'none']),
});
export type OperatingPoint = z.infer<typeof operatingPointSchema>;

const bounds = z.strictObject({ low: z.number().nullable(), high: z.number().nullable() });

/** The first and last ROC points have no finite threshold; JSON has no infinity, so they say null. */
const threshold = z.number().nullable();

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
  confusion: z.strictObject({ tp: z.int(), fp: z.int(), fn: z.int(), tn: z.int() }),
  sensitivity: intervalSchema,
  specificity: intervalSchema,
  ppv: intervalSchema,
  npv: intervalSchema,
  accuracy: intervalSchema,
  f1: z.number().nullable(),
  mcc: z.number().nullable(),
  averagePrecision: z.number().nullable(),
  brier: z.number().nullable(),
  auc: intervalSchema,
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
  roc: z.array(z.strictObject({ threshold, fpr: z.number(), tpr: z.number() })),
  pr: z.array(z.strictObject({ threshold, precision: z.number(), recall: z.number() })),
  warnings: z.array(z.string()),
});
export type MetricsDocument = z.infer<typeof metricsDocumentSchema>;
