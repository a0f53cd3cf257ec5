/**
 * How much memory a training takes at its peak, worked out from what is held: the program itself, weights and the optimiser's
 * slots, the activations that the gradients need, the largest gradients on the way back, what loading and keeping a model
 * add for a moment. `npm run bench -- memory` measures the cases of a grid against it; the estimate must stay within 20 %.
 */
import { architectures } from '../../models/index.ts';
import { backboneOutputs, hiddenUnits, pooledEdge } from '../../models/vgg.ts';
import type { RunConfiguration } from '../../src-shared/contract/training.ts';
import type { BackendName } from '../../src-shared/contract/vocabulary.ts';

export interface MemoryEstimate {
  /** Peak resident memory of the compute process. */
  hostBytes: number;
  /** Peak memory on the graphics card; null for backends on the processor. */
  deviceBytes: number | null;
}

export type EstimatedConfiguration = Pick<
  RunConfiguration,
  'architecture' | 'head' | 'freeze' | 'optimiser' | 'batchSize' | 'weights' | 'preprocessing'
>;

interface Machine {
  backend: BackendName;
  classes: number;
}

const float = 4;
const megabyte = 1e6;

/**
 * What a backend adds to the tensors, measured: the process with its libraries before any job, and how many tensors of a
 * layer's size the backend's kernels hold beside those counted here (scratch space, copies in another layout, blocks kept
 * for later), in training and in the frozen part, which only goes forward.
 */
const overheads: Record<BackendName, { baseBytes: number; scratch: number; frozenScratch: number; composed: boolean }> =
  {
    'tensorflow-gpu': { baseBytes: 1600 * megabyte, scratch: 2, frozenScratch: 2, composed: false },
    tensorflow: { baseBytes: 700 * megabyte, scratch: 2.5, frozenScratch: 0.5, composed: false },
    webgpu: { baseBytes: 250 * megabyte, scratch: 2, frozenScratch: 2, composed: true },
    wasm: { baseBytes: 570 * megabyte, scratch: 2, frozenScratch: 2, composed: true },
  };

/** One step of the network as memory sees it; bytes are of the whole batch. */
interface Step {
  kind: 'convolution' | 'pooling' | 'averaging' | 'dense';
  inputBytes: number;
  outputBytes: number;
  weightBytes: number;
  /** Kept for the gradient beside input and output. */
  savedBytes: number;
  normalised: boolean;
}

/** Peak memory of one training with this configuration on this backend. */
export function estimateTraining(configuration: EstimatedConfiguration, machine: Machine): MemoryEstimate {
  const { baseBytes, scratch, frozenScratch, composed } = overheads[machine.backend];
  const steps = layOut(configuration, machine.classes);
  const cut = firstTrainable(steps, configuration.freeze);
  const weights = sum(steps, (step) => step.weightBytes);
  const trainable = steps.slice(cut);
  const slots = (configuration.optimiser === 'sgd' ? 1 : 2) * sum(trainable, (step) => step.weightBytes);
  // A gradient of the weights' size, and what the update holds beside it: SGD's penalty and AdamW's decay go through one more copy.
  const updates = composed || configuration.optimiser === 'adam' ? 2 : 3;
  const largestWeights = Math.max(...steps.map((step) => step.weightBytes));
  const frozenBytes = largestOf(
    steps.slice(0, cut),
    (step) => step.inputBytes + (1 + frozenScratch) * step.outputBytes,
  );
  const moments = {
    // Values in JavaScript, uploaded, turned into the backend's layout.
    loading: 3 * largestWeights + (configuration.weights === null ? 0 : weights),
    // Normalisations are folded into copies of their filters.
    frozen: sum(steps.slice(0, cut), (step) => (step.normalised ? step.weightBytes : 0)) + frozenBytes,
    training: slots + trainingPeak(trainable, { scratch, composed, updates }),
    // Turned back, downloaded, written.
    keeping: slots + 3 * largestWeights,
  };
  // Measured: half as much as the largest weights stays with the allocator after they have been loaded.
  const peak = weights + largestWeights / 2 + Math.max(...Object.values(moments));
  if (machine.backend === 'tensorflow-gpu' || machine.backend === 'webgpu') {
    return { hostBytes: baseBytes + 3 * largestWeights, deviceBytes: peak };
  }
  return { hostBytes: baseBytes + peak, deviceBytes: null };
}

/** Walks forward, holding what the gradients need, and back, letting go of it; returns the most that was held. */
function trainingPeak(
  steps: readonly Step[],
  { scratch, composed, updates }: { scratch: number; composed: boolean; updates: number },
): number {
  let held = steps[0]?.inputBytes ?? 0;
  let peak = 0;
  for (const step of steps) {
    held += step.outputBytes + step.savedBytes;
    peak = Math.max(peak, held + scratch * step.outputBytes);
  }
  for (const step of [...steps].reverse()) {
    // A normalisation's gradient is made of several tensors of the layer's size, composed of one more.
    const passing = step.normalised ? (composed ? 6 : 5) : 2;
    const gradients = passing * step.outputBytes + step.inputBytes + updates * step.weightBytes;
    peak = Math.max(peak, held + gradients + scratch * step.outputBytes);
    held -= step.outputBytes + step.savedBytes;
  }
  return peak;
}

function layOut({ architecture, head, batchSize, preprocessing }: EstimatedConfiguration, classes: number): Step[] {
  const steps: Step[] = [];
  let edge = preprocessing.imageSize;
  let channels = 3;
  const places = () => batchSize * edge * edge * channels * float;
  for (const layer of architectures[architecture].backbone) {
    const inputBytes = places();
    if (layer.kind === 'maxPooling') {
      edge = Math.floor(edge / 2);
      // Where each maximum lay: a byte per output.
      steps.push({ ...plain, kind: 'pooling', inputBytes, outputBytes: places(), savedBytes: places() / float });
      continue;
    }
    channels = layer.outputs;
    const normalised = layer.normalisation !== null;
    steps.push({
      kind: 'convolution',
      inputBytes,
      outputBytes: places(),
      weightBytes: (9 * layer.inputs + 1 + (normalised ? 4 : 0)) * layer.outputs * float,
      // What is normalised is held beside what came of it.
      savedBytes: normalised ? places() : 0,
      normalised,
    });
  }
  const grid = head === 'full' ? pooledEdge : 1;
  const widths = [backboneOutputs * grid * grid, ...(head === 'full' ? [hiddenUnits, hiddenUnits] : []), classes];
  const bytes = (width: number) => batchSize * width * float;
  steps.push({ ...plain, kind: 'averaging', inputBytes: places(), outputBytes: bytes(widths[0]!) });
  widths.slice(1).forEach((outputs, index) => {
    const inputs = widths[index]!;
    const weightBytes = (inputs + 1) * outputs * float;
    steps.push({ ...plain, kind: 'dense', inputBytes: bytes(inputs), outputBytes: bytes(outputs), weightBytes });
  });
  return steps;
}

const plain = { weightBytes: 0, savedBytes: 0, normalised: false };

/** The frozen part takes in the pooling that follows it, as the network does (`compute/network/network.ts`). */
function firstTrainable(steps: readonly Step[], freeze: EstimatedConfiguration['freeze']): number {
  if (freeze === 'none') return 0;
  const averaging = steps.findIndex((step) => step.kind === 'averaging');
  if (freeze === 'backbone') return averaging + 1;
  let convolutions = 0;
  const next = steps.findIndex((step) => step.kind === 'convolution' && ++convolutions > freeze);
  return next === -1 ? averaging : next;
}

/** The most that the process may take at all, whatever the machine has; null where there is no such limit. */
export function heapLimitBytes(backend: BackendName): number | null {
  // WebAssembly's 4 GiB, less what its allocator loses to fragments.
  return backend === 'wasm' ? overheads.wasm.baseBytes + 0.85 * 4 * 1024 ** 3 : null;
}

/** The largest batch, 512 at most, whose training fits into `availableBytes`; null where not even a batch of 1 does. */
export function largestBatch(
  configuration: EstimatedConfiguration,
  machine: Machine,
  available: { hostBytes: number; deviceBytes: number | null },
): number | null {
  const fits = (batchSize: number) => {
    const { hostBytes, deviceBytes } = estimateTraining({ ...configuration, batchSize }, machine);
    return hostBytes <= available.hostBytes && (deviceBytes ?? 0) <= (available.deviceBytes ?? Infinity);
  };
  if (!fits(1)) return null;
  let [least, most] = [1, 512];
  while (least < most) {
    const middle = Math.ceil((least + most) / 2);
    if (fits(middle)) least = middle;
    else most = middle - 1;
  }
  return least;
}

const sum = (steps: readonly Step[], bytes: (step: Step) => number): number =>
  steps.reduce((total, step) => total + bytes(step), 0);

const largestOf = (steps: readonly Step[], bytes: (step: Step) => number): number =>
  steps.reduce((most, step) => Math.max(most, bytes(step)), 0);
