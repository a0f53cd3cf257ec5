import { z } from 'zod';

/** VGG variants exactly as torchvision defines them. */
export const architectureSchema = z.enum(['vgg16', 'vgg19_bn']);
export type Architecture = z.infer<typeof architectureSchema>;

/** `full`: torchvision's 7×7 pooling and 4096-4096 classifier. `compact`: global average pooling and one dense layer. */
export const headSchema = z.enum(['full', 'compact']);
export type Head = z.infer<typeof headSchema>;

/** CLAIM 2024 calls `test` "internal testing". Images of one patient are never in two sets. */
export const setNameSchema = z.enum(['training', 'validation', 'test']);
export type SetName = z.infer<typeof setNameSchema>;
export const setNames = setNameSchema.options;

/** Backends in the order in which they are tried. */
export const backendNameSchema = z.enum(['tensorflow-gpu', 'tensorflow', 'webgpu', 'wasm']);
export type BackendName = z.infer<typeof backendNameSchema>;

/** Display or training window in the units of the modality LUT's output: HU for CT, gray levels for plain pictures. */
export const windowSchema = z.strictObject({
  /** Window centre (WL). */
  level: z.number().finite(),
  /** Window width (WW), above 0. */
  width: z.number().finite().positive(),
});
export type Window = z.infer<typeof windowSchema>;

export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);

/** ISO 8601 date and time, UTC. */
export const timestampSchema = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/);
