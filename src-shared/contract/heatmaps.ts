import { z } from 'zod';

/**
 * How a heat map is made. `gradCam`: Selvaraju 2017, equations 1 and 2, at the ReLU output of the last convolution, before
 * the last pooling. `occlusion`: Zeiler & Fergus 2014, by how much the class's score falls when a patch covers the place.
 */
export const heatMapMethodSchema = z.enum(['gradCam', 'occlusion']);
export type HeatMapMethod = z.infer<typeof heatMapMethodSchema>;

/** Edge of the square of network-input pixels that one cell of a heat map stands for: four poolings lie before it. */
export const heatMapCell = 16;

/** Cells along one edge of the map. Pixels of the input beyond the last whole cell (at the right and the bottom) have none. */
export function heatMapEdge(imageSize: number): number {
  return Math.floor(imageSize / heatMapCell);
}

/** Header of `GET /heatmaps/:run/:image` that carries the facts; the body is the values, float32, little-endian, row-major. */
export const heatMapFactsHeader = 'x-parenchyma-heatmap';

export const heatMapFactsSchema = z.strictObject({
  method: heatMapMethodSchema,
  /** Index in the model's classes. */
  class: z.int().nonnegative(),
  className: z.string(),
  /** The map has `edge × edge` values. */
  edge: z.int().positive(),
  /** Edge of the network's input in pixels, which covers the whole image. */
  imageSize: z.int().positive(),
  /** Of the values, which are not normalised: Grad-CAM's are ≥ 0, occlusion's may be negative. */
  minimum: z.number(),
  maximum: z.number(),
  /** The class's score for the whole image: its output before the softmax. */
  score: z.number(),
});
export type HeatMapFacts = z.infer<typeof heatMapFactsSchema>;

export const heatMapModelSchema = z.strictObject({
  run: z.string(),
  classes: z.array(z.string()),
  /** Index of the positive class. */
  positive: z.int().nonnegative(),
  edge: z.int().positive(),
  imageSize: z.int().positive(),
});
export type HeatMapModel = z.infer<typeof heatMapModelSchema>;

export const heatMapRequestSchema = z.strictObject({
  run: z.string(),
  imageIds: z.array(z.int()).min(1).max(100_000),
  /** Index in the model's classes; null for the positive class. */
  class: z.int().nonnegative().nullable(),
  method: heatMapMethodSchema,
});
export type HeatMapRequest = z.infer<typeof heatMapRequestSchema>;
