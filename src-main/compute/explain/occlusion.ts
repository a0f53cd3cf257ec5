import { heatMapCell, heatMapEdge } from '../../../src-shared/contract/heatmaps.ts';
import { inBatches } from '../data/batch.ts';
import type { PreparedStages } from '../network/stages.ts';
import type { Operations } from '../network/operations.ts';
import type { ScoredMap } from './gradCam.ts';
import type { Head } from './head.ts';

/** How far the patch reaches beyond the covered cell on each side: half a cell makes it 32 pixels wide. */
const reach = heatMapCell / 2;

/**
 * Occlusion maps of one image (Zeiler & Fergus 2014, section 4.2): how far a class's logit falls when a patch lies over each
 * cell. Yields after every batch, with the number of cells done, so that the caller can report and stop.
 *
 * @param image `[size, size, 3]`, normalised
 */
export function* occlusionMap<Tensor>(
  ops: Operations<Tensor>,
  model: { features: PreparedStages<Tensor>; head: Head<Tensor> },
  image: Float32Array,
  { size, classes, batchSize }: { size: number; classes: readonly number[]; batchSize: number },
): Generator<{ done: number; maps: ScoredMap[] }> {
  const edge = heatMapEdge(size);
  const cells = Array.from({ length: edge * edge }, (_, cell) => cell);
  const [whole] = logitsOf(ops, model, [image], size);
  const maps = classes.map((one) => ({ score: whole![one]!, values: new Float32Array(cells.length) }));
  let done = 0;
  for (const batch of inBatches(cells, batchSize)) {
    const covered = batch.map((cell) => occluded(image, size, Math.floor(cell / edge), cell % edge));
    const rows = logitsOf(ops, model, covered, size);
    batch.forEach((cell, place) =>
      maps.forEach((map, order) => (map.values[cell] = map.score - rows[place]![classes[order]!]!)),
    );
    done += batch.length;
    yield { done, maps };
  }
}

/**
 * The image with a patch of 32×32 pixels around the cell's centre, cut at the border, in the colour that the normalisation
 * makes 0: the mean of the pictures that the first weights were trained on.
 */
function occluded(image: Float32Array, size: number, row: number, column: number): Float32Array {
  const covered = image.slice();
  const range = (cell: number): [number, number] => [
    Math.max(0, cell * heatMapCell - reach),
    Math.min(size, (cell + 1) * heatMapCell + reach),
  ];
  const [left, right] = range(column);
  const [top, bottom] = range(row);
  for (let y = top; y < bottom; y += 1) covered.fill(0, (y * size + left) * 3, (y * size + right) * 3);
  return covered;
}

/** One row of logits for each image. */
function logitsOf<Tensor>(
  ops: Operations<Tensor>,
  { features, head }: { features: PreparedStages<Tensor>; head: Head<Tensor> },
  images: readonly Float32Array[],
  size: number,
): Float32Array[] {
  const values = new Float32Array(images.length * size * size * 3);
  images.forEach((image, place) => values.set(image, place * image.length));
  const pixels = ops.upload(values, [images.length, size, size, 3]);
  const activations = features.run(pixels);
  const pass = head.run(activations);
  const logits = ops.download(pass.logits);
  pass.dispose();
  ops.dispose(pixels, activations);
  const classes = logits.length / images.length;
  return images.map((_, place) => logits.subarray(place * classes, (place + 1) * classes));
}
