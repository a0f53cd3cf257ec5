/** The form in which an architecture is described; whoever runs it adds the arithmetic. */
import { imagenetNormalisation, type InputNormalisation } from '../src-shared/contract/training.ts';

export { imagenetNormalisation, type InputNormalisation };

export interface Convolution {
  kind: 'convolution';
  /** Name in torchvision's state dict, e.g. `features.0`. 3×3, stride 1, padding 1, with bias, followed by ReLU. */
  name: string;
  inputs: number;
  outputs: number;
  /** Name of the batch normalisation between convolution and ReLU (eps 1e-5, momentum 0.1), or null. */
  normalisation: string | null;
}

/** 2×2, stride 2, the odd row or column at the edge dropped. */
export interface MaxPooling {
  kind: 'maxPooling';
}

export type BackboneLayer = Convolution | MaxPooling;

export interface WeightsSource {
  /** What the file is, for the person who chooses. */
  description: string;
  fileName: string;
  address: string;
  /** First eight hexadecimal digits of the file's sha256, as torchvision's file names carry them. */
  sha256Prefix: string;
  /** The whole SHA-256, where it is known; null where only the digits in the name are. */
  sha256: string | null;
}

export interface VggDescription {
  backbone: BackboneLayer[];
  /** How inputs are normalised where the weights' source does not say otherwise. */
  normalisation: InputNormalisation;
  weights: WeightsSource[];
}

/** Edge of the grid that the full head averages the backbone's output to. */
export const pooledEdge = 7;

/** Width of the backbone's output and of the full head's hidden layers. */
export const backboneOutputs = 512;
export const hiddenUnits = 4096;

export const batchNormalisationEpsilon = 1e-5;
export const batchNormalisationMomentum = 0.1;

/**
 * Lays out a backbone from torchvision's configuration letters: numbers are convolutions with that many outputs, 'M' is
 * max pooling (Simonyan & Zisserman 2014, configurations D and E). Names count every module, ReLU included.
 */
export function layOutBackbone(configuration: readonly (number | 'M')[], batchNormalisation: boolean): BackboneLayer[] {
  const layers: BackboneLayer[] = [];
  let place = 0;
  let inputs = 3;
  for (const entry of configuration) {
    if (entry === 'M') {
      layers.push({ kind: 'maxPooling' });
      place += 1;
      continue;
    }
    const normalisation = batchNormalisation ? `features.${place + 1}` : null;
    layers.push({ kind: 'convolution', name: `features.${place}`, inputs, outputs: entry, normalisation });
    place += batchNormalisation ? 3 : 2;
    inputs = entry;
  }
  return layers;
}
