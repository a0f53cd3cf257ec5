import type { TrainJob } from '../../../src-shared/contract/compute.ts';
import type { BackendInfo } from '../../../src-shared/contract/training.ts';
import { JobFailure } from '../failure.ts';
import type { Operations } from '../network/operations.ts';

type CheckedJob = Pick<TrainJob, 'items' | 'classes' | 'positive' | 'inputs' | 'configuration'>;

/** A job whose parts do not fit together is refused before anything is computed. */
export function checkJob({ items, classes, positive, inputs, configuration }: CheckedJob): void {
  const fault = (message: string) => new JobFailure('INPUTS_UNREADABLE', message);
  if (inputs.size !== configuration.preprocessing.imageSize) {
    throw fault(
      `The prepared images are ${inputs.size} pixels wide, the run wants ${configuration.preprocessing.imageSize}.`,
    );
  }
  if (positive >= classes.length) throw fault('The positive class is not one of the classes.');
  for (const { index, label } of items) {
    if (index >= inputs.count || label >= classes.length) throw fault('An image or a label of the job does not exist.');
  }
  const training = items.filter((item) => item.set === 'training');
  if (new Set(training.map((item) => item.label)).size < classes.length) {
    throw fault('The training set does not have an image of every class.');
  }
}

/** WebAssembly's memory ends at 4 GiB, and running out of it ends the process: what cannot fit is refused before. */
export function checkBackend(
  { configuration }: Pick<TrainJob, 'configuration'>,
  { backend, device }: BackendInfo,
  { mixedPrecision }: Operations<unknown>,
): void {
  if (configuration.precision === 'mixed' && mixedPrecision === undefined) {
    throw new JobFailure(
      'PRECISION_UNAVAILABLE',
      `Mixed precision is not possible here: it needs TensorFlow on a processor that multiplies bfloat16 (AVX512_BF16) or on an NVIDIA card of compute capability 8.0 or newer; this is ${device} with the backend ${backend}. Choose precision float32.`,
    );
  }
  if (backend !== 'wasm' || configuration.head === 'compact') return;
  throw new JobFailure(
    'OUT_OF_MEMORY',
    'The full head needs more memory than WebAssembly can give. Choose the compact head, or install the native engine ("parenchyma doctor" says what is missing).',
  );
}
