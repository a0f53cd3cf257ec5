/** Does a run look at the patient, or at what betrays the class otherwise? */
import { z } from 'zod';
import { intervalSchema, subgroupSchema } from './metrics.ts';
import { timestampSchema } from './vocabulary.ts';

const count = z.int().nonnegative();

/** Share of the heat map's mass in a region over images, beside the share of the picture's area that the region takes. */
export const massShareSchema = z.strictObject({
  /** Images in which the region could be found and the map is not zero everywhere. */
  images: count,
  mean: z.number().nullable(),
  /** 95 % interval of the mean, patients drawn with replacement. */
  low: z.number().nullable(),
  high: z.number().nullable(),
  median: z.number().nullable(),
  /** Mean share of the area: what a map that is the same everywhere would have. */
  area: z.number().nullable(),
  /** Images with more than half of the mass there. */
  overHalf: count,
});
export type MassShare = z.infer<typeof massShareSchema>;

export const attentionImageSchema = z.strictObject({
  imageId: z.int(),
  patient: z.string(),
  outsideBody: z.number().nullable(),
  outsideLung: z.number().nullable(),
});

export const auditAttentionSchema = z.strictObject({
  method: z.literal('gradCam'),
  /** Images whose heat map was measured, of all of the set; drawn at random with `seed` where they are fewer. */
  images: count,
  of: count,
  seed: count,
  outsideBody: massShareSchema,
  outsideLung: massShareSchema,
  /** The images with the largest share outside the body, then outside the lung. */
  worst: z.array(attentionImageSchema),
});
export type AuditAttention = z.infer<typeof auditAttentionSchema>;

/** DeLong's interval where every patient has one image, else the percentile interval with patients drawn with replacement. */
export const auditAucSchema = intervalSchema.extend({ method: z.enum(['delong', 'patient-bootstrap']) });
export type AuditAuc = z.infer<typeof auditAucSchema>;

/** A logistic regression that sees file type, size, scanner and border text only, cross-validated by patient. */
export const auditMetadataSchema = z.strictObject({
  features: z.array(z.string()),
  folds: z.int().positive(),
  seed: count,
  images: count,
  patients: count,
  auc: auditAucSchema,
  /** The model on the same images. */
  model: auditAucSchema,
  /** The same with one kind of feature alone. */
  alone: z.array(z.strictObject({ feature: z.string(), auc: auditAucSchema })),
});
export type AuditMetadata = z.infer<typeof auditMetadataSchema>;

export const auditFindingSchema = z.strictObject({
  severity: z.enum(['careful', 'good', 'info']),
  message: z.string(),
});
export type AuditFinding = z.infer<typeof auditFindingSchema>;

export const auditDocumentSchema = z.strictObject({
  run: z.string(),
  set: z.enum(['validation', 'test']),
  at: timestampSchema,
  positiveClass: z.string(),
  images: count,
  patients: count,
  findings: z.array(auditFindingSchema),
  /** Null where no heat map was made. */
  attention: auditAttentionSchema.nullable(),
  subgroups: z.array(subgroupSchema),
  /** Null where the images do not differ in anything that is known, or are too few for folds by patient. */
  metadata: auditMetadataSchema.nullable(),
});
export type AuditDocument = z.infer<typeof auditDocumentSchema>;

export const auditRequestSchema = z.strictObject({
  run: z.string(),
  set: z.enum(['validation', 'test']).default('validation'),
  /** Most images whose heat map is measured; the others are left out at random. */
  images: z.int().min(0).max(100_000).default(200),
  seed: z.int().nonnegative().default(1),
});
export type AuditRequest = z.infer<typeof auditRequestSchema>;
