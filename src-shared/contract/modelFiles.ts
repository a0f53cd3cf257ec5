import { z } from 'zod';
import { architectureSchema, sha256Schema } from './vocabulary.ts';

/** `safetensors`: weights and card, to be opened again here. `onnx` and `tfjs`: from gray levels to probabilities, for other programs. */
export const modelFormatSchema = z.enum(['safetensors', 'onnx', 'tfjs']);
export type ModelFormat = z.infer<typeof modelFormatSchema>;

export const exportRequestSchema = z.strictObject({
  run: z.string(),
  format: modelFormatSchema,
  /** Absolute; made where it is missing. */
  folder: z.string().min(1),
});
export type ExportRequest = z.infer<typeof exportRequestSchema>;

export const exportedFileSchema = z.strictObject({
  path: z.string(),
  sha256: sha256Schema,
  bytes: z.number(),
});
export type ExportedFile = z.infer<typeof exportedFileSchema>;

/** Weights that an architecture is published with. */
export const officialWeightsSchema = z.strictObject({
  architecture: architectureSchema,
  description: z.string(),
  address: z.string(),
  fileName: z.string(),
  /** Where they lie on this computer; null until they have been downloaded. */
  path: z.string().nullable(),
});
export type OfficialWeights = z.infer<typeof officialWeightsSchema>;

/** A weights file on this computer that a training could start from. */
export const foundWeightsSchema = z.strictObject({
  path: z.string(),
  fileName: z.string(),
  bytes: z.number().nonnegative(),
  /** `kept`: in this user's folder of weights, where downloads go; `used`: an earlier run of this project started from it. */
  from: z.enum(['kept', 'used']),
  /** What it is known to fit; null where only its opening will tell. */
  architecture: architectureSchema.nullable(),
  description: z.string(),
});
export type FoundWeights = z.infer<typeof foundWeightsSchema>;
