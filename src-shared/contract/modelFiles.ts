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
