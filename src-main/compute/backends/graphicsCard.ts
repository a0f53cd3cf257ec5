import { spawnSync } from 'node:child_process';
import type { BackendInfo } from '../../../src-shared/contract/training.ts';

export interface GraphicsCard {
  facts: Pick<BackendInfo, 'device' | 'driver' | 'memoryBytes' | 'threads'>;
  /** Products of bfloat16 came with compute capability 8.0. */
  bfloat16: boolean;
}

/** The card that TensorFlow's binding takes, as nvidia-smi describes it. */
export function graphicsCard(environment: NodeJS.ProcessEnv = process.env): GraphicsCard {
  const { stdout } = spawnSync('nvidia-smi', cardQuery(environment), { encoding: 'utf8', timeout: 20_000 });
  return parseCard(stdout ?? '');
}

/**
 * The binding takes the first card that it sees: the first of CUDA_VISIBLE_DEVICES, else the first there is. Numbers mean the same to CUDA and
 * nvidia-smi because the compute process is started with CUDA_DEVICE_ORDER=PCI_BUS_ID.
 */
export function cardQuery({ CUDA_VISIBLE_DEVICES: visible }: NodeJS.ProcessEnv): string[] {
  const chosen = visible?.split(',')[0]?.trim() ?? '';
  return [
    ...(/^(\d+|GPU-[0-9a-fA-F-]+)$/.test(chosen) ? ['-i', chosen] : []),
    '--query-gpu=name,driver_version,memory.total,compute_cap',
    '--format=csv,noheader,nounits',
  ];
}

/** nvidia-smi's first line; memory is in MiB. What it leaves out, or cannot say ("[N/A]"), stays unknown. */
export function parseCard(output: string): GraphicsCard {
  const [name, driver, mebibytes, capability] = output
    .split('\n')[0]!
    .split(',')
    .map((part) => part.trim());
  return {
    facts: {
      device: name || 'NVIDIA GPU',
      driver: driver ? `NVIDIA ${driver}` : null,
      memoryBytes: Number(mebibytes) > 0 ? Number(mebibytes) * 1024 ** 2 : null,
      threads: null,
    },
    bfloat16: Number(capability) >= 8,
  };
}
