import { formatBytes } from '../../src-shared/domain/format.ts';
import type { Preflight } from '../../src-shared/contract/runs.ts';
import type { RunConfiguration } from '../../src-shared/contract/training.ts';
import type { BackendName } from '../../src-shared/contract/vocabulary.ts';
import { estimateTraining, heapLimitBytes, largestBatch } from './memoryEstimate.ts';

/** What computes, and how much memory it could have now. */
export interface ComputeMachine {
  backend: BackendName;
  /** Name of the processor or graphics card. */
  device: string;
  hostBytes: number;
  /** Memory of the graphics card; null where it is unknown or there is none. */
  deviceBytes: number | null;
}

type Problem = Preflight['problems'][number];
type Memory = NonNullable<Preflight['memory']>;

/** The estimate is good to this share: what needs more than that beyond what is there cannot work. */
const uncertainty = 0.2;

/** Will the training fit into memory? What it needs, what there is, the largest batch that fits, and what is wrong with it. */
export function checkMemory(
  configuration: RunConfiguration,
  classes: number,
  machine: ComputeMachine,
): { memory: Memory; problems: Problem[] } {
  const target = { backend: machine.backend, classes };
  const estimate = estimateTraining(configuration, target);
  const limit = heapLimitBytes(machine.backend);
  const available = {
    hostBytes: Math.min(machine.hostBytes, limit ?? Infinity),
    deviceBytes: machine.deviceBytes,
  };
  const largest = largestBatch(configuration, target, available);
  const memory = { estimate, available, largestBatch: largest, device: machine.device };
  if (machine.backend === 'wasm' && configuration.head === 'full') {
    return { memory: { ...memory, largestBatch: null }, problems: [fullHeadOnWasm] };
  }
  const share = Math.max(
    estimate.hostBytes / available.hostBytes,
    estimate.deviceBytes !== null && available.deviceBytes !== null ? estimate.deviceBytes / available.deviceBytes : 0,
  );
  if (share <= 1) return { memory, problems: [] };
  const onDevice = estimate.deviceBytes !== null && available.deviceBytes !== null;
  const [needed, there] =
    onDevice && estimate.deviceBytes! / available.deviceBytes! === share
      ? [estimate.deviceBytes!, available.deviceBytes!]
      : [estimate.hostBytes, available.hostBytes];
  const where = onDevice && needed === estimate.deviceBytes ? 'on the graphics card' : 'free';
  return {
    memory,
    problems: [
      {
        about: 'memory',
        severity: share * (1 - uncertainty) > 1 ? 'blocks' : 'careful',
        message: `The training needs about ${formatBytes(needed)} of memory; ${formatBytes(there)} ${limit !== null && there === limit ? 'is all that WebAssembly has' : `are ${where}`}.`,
        remedy: remedyFor(configuration, largest),
      },
    ],
  };
}

const fullHeadOnWasm: Problem = {
  about: 'memory',
  severity: 'blocks',
  message: 'The full head needs more memory than WebAssembly can give (4 GB).',
  remedy: 'Choose the compact head, or install the native engine: the device chip says what is missing.',
};

function remedyFor({ head, freeze }: RunConfiguration, largest: number | null): string {
  if (largest !== null) return `A batch of ${largest} or fewer fits.`;
  const smaller = [
    'a smaller image size',
    ...(head === 'full' ? ['the compact head'] : []),
    ...(freeze === 'backbone' ? [] : ['a frozen backbone']),
  ];
  return `Not even a batch of 1 fits: close other programs, or choose ${smaller.join(' or ')}.`;
}
