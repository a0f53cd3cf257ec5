import type { InputNormalisation } from '../../../models/vgg.ts';
import type { WeightsFormat } from './open.ts';
import type { WeightsRefusalCode } from './refusal.ts';
import type { TensorFacts } from './tensorTable.ts';

/** What a weights worker is asked, one thing after the other. */
export type WeightsTask = { kind: 'open'; path: string } | { kind: 'read'; name: string } | { kind: 'sha256' };

export interface OpenedFacts {
  format: WeightsFormat;
  tensors: [name: string, facts: TensorFacts][];
  normalisation: InputNormalisation;
  notes: string[];
}

export type WeightsAnswer =
  | { kind: 'opened'; facts: OpenedFacts }
  | { kind: 'values'; values: Float32Array<ArrayBuffer> }
  | { kind: 'sha256'; sha256: string }
  | { kind: 'refused'; code: WeightsRefusalCode; reason: string };
