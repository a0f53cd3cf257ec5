import { architectures } from '../../models/index.ts';
import { pooledEdge } from '../../models/vgg.ts';
import type { ModelCard } from '../../src-shared/contract/training.ts';
import { averagingMatrix } from '../compute/network/averaging.ts';
import { denseLayers } from '../compute/network/layout.ts';

/**
 * A kept model as the steps that both exports write out, from gray levels 0 … 255 to probabilities, so that whoever runs the
 * file needs to know nothing but the window. Names are torchvision's.
 */
export type Step =
  /** Gray to three normalised channels: a 1×1 convolution of weights and offsets. */
  | { kind: 'normalise'; weights: Float32Array; offsets: Float32Array }
  | { kind: 'convolution'; name: string; inputs: number; outputs: number; relu: boolean }
  /** By running statistics, then ReLU. */
  | { kind: 'batchNormalisation'; name: string; channels: number }
  | { kind: 'maxPooling' }
  | { kind: 'globalAverage' }
  /** Places `[edge²]` of each channel to 7×7 by a matrix `[49, edge²]`; null where they are 49 already. Then flattened by channel. */
  | { kind: 'averageTo7'; edge: number; matrix: Float32Array | null }
  | { kind: 'dense'; name: string; inputs: number; outputs: number; last: boolean };

export function stepsOf(card: ModelCard): Step[] {
  const { mean, deviation } = card.normalisation;
  const steps: Step[] = [
    {
      kind: 'normalise',
      weights: Float32Array.from(deviation, (one) => 1 / (255 * one)),
      offsets: Float32Array.from(mean, (one, channel) => -one / deviation[channel]!),
    },
  ];
  for (const layer of architectures[card.architecture].backbone) {
    if (layer.kind === 'maxPooling') {
      steps.push({ kind: 'maxPooling' });
      continue;
    }
    const { name, inputs, outputs, normalisation } = layer;
    steps.push({ kind: 'convolution', name, inputs, outputs, relu: normalisation === null });
    if (normalisation !== null) steps.push({ kind: 'batchNormalisation', name: normalisation, channels: outputs });
  }
  const edge = Math.floor(card.preprocessing.imageSize / 32);
  if (card.head === 'compact') steps.push({ kind: 'globalAverage' });
  else steps.push({ kind: 'averageTo7', edge, matrix: edge === pooledEdge ? null : averagingMatrix(edge, pooledEdge) });
  const dense = denseLayers({ architecture: card.architecture, head: card.head, classes: card.classes.length });
  for (const { name, inputs, outputs, last } of dense) steps.push({ kind: 'dense', name, inputs, outputs, last });
  return steps;
}
