import { JobFailure } from '../../failure.ts';
import { elementCount } from '../../network/layout.ts';
import type { Network } from '../../network/network.ts';
import type { Operations, Variable } from '../../network/operations.ts';
import { CheckpointDamage, type CheckpointReader } from './file.ts';
import type { TrainingState } from './state.ts';

type TensorEntry = TrainingState['tensors'][number];

/** Values that are copied out of the engine at once: of a large tensor two such copies would be alive, 0.4 GB each with the full head. */
const valuesAtOnce = 1 << 22;

/** What of a network a checkpoint holds, and the values in that order, in parts of some megabytes. */
export function networkTensors<Tensor>(
  ops: Operations<Tensor>,
  network: Network<Tensor>,
  atOnce = valuesAtOnce,
): { entries: TensorEntry[]; values(): Generator<Float32Array> } {
  const changing = network.changing();
  const entries = changing.map(({ name, variable }) => {
    const moments = variable.moments();
    ops.dispose(...moments);
    return { name, shape: variable.shape, moments: moments.length };
  });
  return {
    entries,
    *values() {
      for (const { name, variable } of changing) yield* valuesOf(ops, name, variable, atOnce);
    },
  };
}

function* valuesOf<Tensor>(
  ops: Operations<Tensor>,
  name: string,
  variable: Variable<Tensor>,
  atOnce: number,
): Generator<Float32Array> {
  const tensors = [variable.read(), ...variable.moments()];
  try {
    for (const tensor of tensors) {
      for (const values of partsOf(ops, tensor, atOnce)) {
        // A step that overflowed shows in the next loss only: a checkpoint of it would be no good state.
        if (!allFinite(values)) throw notFinite(name);
        yield values;
      }
    }
  } finally {
    ops.dispose(...tensors);
  }
}

function* partsOf<Tensor>(ops: Operations<Tensor>, tensor: Tensor, atOnce: number): Generator<Float32Array> {
  const count = elementCount(ops.shape(tensor));
  const flat = ops.reshape(tensor, [count]);
  try {
    for (let start = 0; start < count; start += atOnce) {
      const part = ops.rows(flat, start, Math.min(atOnce, count - start));
      const values = ops.download(part);
      ops.dispose(part);
      yield values;
    }
  } finally {
    ops.dispose(flat);
  }
}

function allFinite(values: Float32Array): boolean {
  let sum = 0;
  // 0 · x is 0 for every number and NaN for what is none; one addition for each value is all it costs.
  for (let index = 0; index < values.length; index += 1) sum += 0 * values[index]!;
  return sum === 0;
}

function notFinite(name: string): JobFailure {
  return new JobFailure('DIVERGED', `The training diverged: values of ${name} are no longer numbers.`);
}

/**
 * Puts weights, running statistics and moments back.
 *
 * @throws CheckpointDamage where the checkpoint's tensors are not the network's
 */
export async function restoreNetwork<Tensor>(
  ops: Operations<Tensor>,
  network: Network<Tensor>,
  entries: readonly TensorEntry[],
  reader: CheckpointReader,
): Promise<void> {
  const changing = network.changing();
  const fits = (entry: TensorEntry, index: number) =>
    entry.name === changing[index]?.name && String(entry.shape) === String(changing[index].variable.shape);
  if (entries.length !== changing.length || !entries.every(fits)) {
    throw new CheckpointDamage('its tensors are not those of the network');
  }
  for (const [index, { shape, moments }] of entries.entries()) {
    const read = async () => ops.upload(await reader.read(elementCount(shape)), shape);
    const value = await read();
    const gathered: Tensor[] = [];
    for (let moment = 0; moment < moments; moment += 1) gathered.push(await read());
    changing[index]!.variable.restore(value, gathered);
  }
}
