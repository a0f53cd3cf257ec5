import { architectures } from '../../../models/index.ts';
import { backboneOutputs, hiddenUnits, pooledEdge, type Convolution } from '../../../models/vgg.ts';
import type { Architecture, Head } from '../../../src-shared/contract/vocabulary.ts';

export interface NetworkDescription {
  architecture: Architecture;
  head: Head;
  /** Number of classes. */
  classes: number;
}

/** One tensor of the state dict, under torchvision's name and in torch's layout. */
export interface TensorSpecification {
  name: string;
  shape: number[];
  /**
   * How torch's layout becomes ours: `filter` `[out, in, 3, 3]` → `[3, 3, in, out]`; `dense` `[out, in]` → `[in, out]`;
   * `flattened` the same, where the inputs were flattened channel by channel and ours place by place.
   */
  kind: 'filter' | 'dense' | 'flattened' | 'vector';
  role: 'weight' | 'bias' | 'scale' | 'offset' | 'runningMean' | 'runningVariance';
  /** True for the tensors that depend on the number of classes. */
  last: boolean;
}

export interface DenseLayer {
  name: string;
  inputs: number;
  outputs: number;
  kind: 'dense' | 'flattened';
  last: boolean;
}

/** The dense layers that stand on the backbone. */
export function denseLayers({ head, classes }: NetworkDescription): DenseLayer[] {
  if (head === 'compact') {
    return [{ name: 'classifier', inputs: backboneOutputs, outputs: classes, kind: 'dense', last: true }];
  }
  const flattened = backboneOutputs * pooledEdge * pooledEdge;
  return [
    { name: 'classifier.0', inputs: flattened, outputs: hiddenUnits, kind: 'flattened', last: false },
    { name: 'classifier.3', inputs: hiddenUnits, outputs: hiddenUnits, kind: 'dense', last: false },
    { name: 'classifier.6', inputs: hiddenUnits, outputs: classes, kind: 'dense', last: true },
  ];
}

export function convolutions(architecture: Architecture): Convolution[] {
  return architectures[architecture].backbone.filter((layer) => layer.kind === 'convolution');
}

function convolutionTensors({ name, inputs, outputs, normalisation }: Convolution): TensorSpecification[] {
  const tensors: TensorSpecification[] = [
    { name: `${name}.weight`, shape: [outputs, inputs, 3, 3], kind: 'filter', role: 'weight', last: false },
    { name: `${name}.bias`, shape: [outputs], kind: 'vector', role: 'bias', last: false },
  ];
  if (normalisation === null) return tensors;
  const roles = {
    weight: 'scale',
    bias: 'offset',
    running_mean: 'runningMean',
    running_var: 'runningVariance',
  } as const;
  for (const [suffix, role] of Object.entries(roles)) {
    tensors.push({ name: `${normalisation}.${suffix}`, shape: [outputs], kind: 'vector', role, last: false });
  }
  return tensors;
}

/** All tensors of a network in the order of torchvision's state dict (`num_batches_tracked`, which nothing uses, left out). */
export function tensorSpecifications(description: NetworkDescription): TensorSpecification[] {
  const dense = denseLayers(description).flatMap(({ name, inputs, outputs, kind, last }): TensorSpecification[] => [
    { name: `${name}.weight`, shape: [outputs, inputs], kind, role: 'weight', last },
    { name: `${name}.bias`, shape: [outputs], kind: 'vector', role: 'bias', last },
  ]);
  return [...convolutions(description.architecture).flatMap(convolutionTensors), ...dense];
}

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
