import type { NativeRuntime, NativeTensor } from './native.ts';
import { adamConstants, type ProductUpdates, type Variable } from './operations.ts';

let variables = 0;

/**
 * A resource variable: TensorFlow's optimiser ops change it where it lies, without a second copy of the weights.
 *
 * @param kernels whether the binding has kernels of its own for this processor
 */
export function fusedVariable(native: NativeRuntime, initial: NativeTensor, kernels: boolean): Variable<NativeTensor> {
  const { shape } = initial;
  const ownKernels = kernels && shape.length === 2;
  const value = allocate(native, ownKernels ? ownCopy(native, initial) : initial);
  let first: NativeTensor | null = null;
  let second: NativeTensor | null = null;
  const type = native.type('T');
  const locking = native.boolean('use_locking', false);

  const readResource = (resource: NativeTensor) =>
    native.run('ReadVariableOp', [native.type('dtype')], [resource], 1)[0]!;
  const read = () => readResource(value);

  /** Made by TensorFlow itself: an array of JavaScript's would stay in memory until its next garbage collection. */
  const zeros = () => {
    const weights = read();
    const [filled] = native.run('ZerosLike', [type], [weights], 1);
    native.dispose(weights);
    return allocate(native, filled!);
  };

  /** `target += factor · weights`, where it lies: one pass instead of a product and a sum that are both kept. */
  function addWeights(target: NativeTensor, factor: number): void {
    const weights = read();
    withScalars([-factor], ([alpha]) =>
      native.run('ResourceApplyGradientDescent', [type, locking], [target, alpha!, weights], 0),
    );
    native.dispose(weights);
  }

  /** AdamW's decay, apart from the gradient. */
  function shrink(share: number): void {
    if (share > 0) addWeights(value, -share);
  }

  /** torch.optim adds weightDecay · weight to the gradient. Takes the gradient over. */
  function penalised(gradient: NativeTensor, weightDecay: number, use: (slope: NativeTensor) => void): void {
    if (weightDecay === 0) {
      use(gradient);
      native.dispose(gradient);
      return;
    }
    const resource = allocate(native, gradient);
    addWeights(resource, weightDecay);
    const slope = native.run('ReadVariableOp', [native.type('dtype')], [resource], 1)[0]!;
    use(slope);
    native.dispose(slope);
    release(native, resource);
  }

  function withScalars(values: number[], use: (scalars: NativeTensor[]) => void): void {
    const scalars = values.map((one) => native.upload(Float32Array.of(one), []));
    try {
      use(scalars);
    } finally {
      native.dispose(...scalars);
    }
  }

  /** The kernel writes into what it reads the variables as, which is their own memory. */
  function runOnMemory(name: string, moments: NativeTensor[], inputs: NativeTensor[], constants: number[]): void {
    const memory = [value, ...moments].map(readResource);
    const values = native.upload(Float32Array.from(constants), [constants.length]);
    native.run(name, [], [...memory, ...inputs, values], 0);
    native.dispose(...memory, values);
  }

  const byProduct: ProductUpdates<NativeTensor> = {
    updateByAdam(input, slope, { learningRate, weightDecay, decoupled, count }) {
      const { beta1, beta2, epsilon } = adamConstants;
      first ??= zeros();
      second ??= zeros();
      const correction = Math.sqrt(1 - beta2 ** count);
      const rate = (learningRate * correction) / (1 - beta1 ** count);
      if (decoupled) shrink(learningRate * weightDecay);
      const constants = [rate, beta1, beta2, epsilon * correction, decoupled ? 0 : weightDecay];
      runOnMemory('ParenchymaProductAdam', [first, second], [input, slope], constants);
    },
    updateBySgd(input, slope, { learningRate, weightDecay, momentum }) {
      first ??= zeros();
      const constants = [learningRate, momentum, weightDecay];
      runOnMemory('ParenchymaProductMomentum', [first], [input, slope], constants);
    },
    sumOfRows: (slope) =>
      native.withIntegers(
        [0],
        (axis) =>
          native.run(
            'Sum',
            [type, native.type('Tidx', native.binding.TF_INT32), native.boolean('keep_dims', false)],
            [slope, axis],
            1,
          )[0]!,
      ),
  };

  function assign(next: NativeTensor): void {
    const held = ownKernels ? ownCopy(native, next) : next;
    native.run('AssignVariableOp', [native.type('dtype')], [value, held], 0);
    native.dispose(held);
  }

  return {
    shape,
    read,
    ...(ownKernels ? { byProduct } : {}),
    assign,
    moments: () => [first, second].filter((moment) => moment !== null).map(readResource),
    restore(next, moments) {
      assign(next);
      for (const moment of [first, second]) if (moment !== null) release(native, moment);
      const [one, other] = moments.map((moment) => allocate(native, ownKernels ? ownCopy(native, moment) : moment));
      first = one ?? null;
      second = other ?? null;
    },
    updateByAdam(gradient, { learningRate, weightDecay, decoupled, count }) {
      const { beta1, beta2, epsilon } = adamConstants;
      first ??= zeros();
      second ??= zeros();
      const moments = [first, second];
      // TensorFlow adds its epsilon to the uncorrected root: torch's epsilon, scaled by the correction, is the same update.
      const correction = Math.sqrt(1 - beta2 ** count);
      if (decoupled) shrink(learningRate * weightDecay);
      penalised(gradient, decoupled ? 0 : weightDecay, (slope) =>
        withScalars(
          [beta1 ** count, beta2 ** count, learningRate, beta1, beta2, epsilon * correction],
          ([power1, power2, rate, decay1, decay2, small]) =>
            native.run(
              'ResourceApplyAdam',
              [type, locking, native.boolean('use_nesterov', false)],
              [value, ...moments, power1!, power2!, rate!, decay1!, decay2!, small!, slope],
              0,
            ),
        ),
      );
    },
    updateBySgd(gradient, { learningRate, weightDecay, momentum }) {
      first ??= zeros();
      const moving = first;
      // The update multiplies what has gathered by the momentum; a penalty added before, divided by it, comes out whole.
      const early = momentum > 0 && weightDecay > 0;
      if (early) addWeights(moving, weightDecay / momentum);
      penalised(gradient, early ? 0 : weightDecay, (slope) =>
        withScalars([learningRate, momentum], ([rate, inertia]) =>
          native.run(
            'ResourceApplyMomentum',
            [type, locking, native.boolean('use_nesterov', false)],
            [value, moving, rate!, slope, inertia!],
            0,
          ),
        ),
      );
    },
    dispose() {
      for (const resource of [value, first, second]) {
        if (resource !== null) release(native, resource);
      }
      first = null;
      second = null;
    },
  };
}

/**
 * The same values in memory of TensorFlow's own. An uploaded tensor lies where JavaScript put it, and kernels that want aligned memory
 * are handed a copy of it: what they wrote would be lost. Takes the tensor over.
 */
function ownCopy(native: NativeRuntime, tensor: NativeTensor): NativeTensor {
  const [copy] = native.run('DeepCopy', [native.type('T')], [tensor], 1);
  native.dispose(tensor);
  return copy!;
}

/** Makes a resource that takes the tensor over. */
function allocate(native: NativeRuntime, initial: NativeTensor): NativeTensor {
  variables += 1;
  const resource = native.run(
    'VarHandleOp',
    [
      native.type('dtype'),
      native.shape('shape', initial.shape),
      native.string('shared_name', `parenchyma-${variables}`),
      native.string('container', ''),
    ],
    [],
    1,
  )[0]!;
  native.run('AssignVariableOp', [native.type('dtype')], [resource, initial], 0);
  native.dispose(initial);
  return resource;
}

function release(native: NativeRuntime, resource: NativeTensor): void {
  native.run('DestroyResourceOp', [native.boolean('ignore_lookup_error', true)], [resource], 0);
  native.dispose(resource);
}
