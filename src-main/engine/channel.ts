import type { BackendName } from '../../src-shared/contract/vocabulary.ts';

/** The wire to a compute process. Electron's utilityProcess and Node's fork each give one. */
export interface ComputeChannel {
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called once; `detail` is the end of what the process wrote to its error output, empty where nothing was. */
  onExit(listener: (exit: { code: number | null; signal: string | null; detail: string }) => void): void;
  kill(): void;
}

/** Starts a fresh compute process with these variables added to its environment. */
export type ForkCompute = (environment: Record<string, string>) => ComputeChannel;

/** Environment of a compute process; the variables only work when they are there before the process begins. */
export function computeEnvironment(backend: BackendName): Record<string, string> {
  return {
    TF_CPP_MIN_LOG_LEVEL: '2',
    // Blocks up to 40 MB that a step frees (the largest transformed filter has 38) are kept for the next step, which steadies
    // its time. Larger ones go back to the system: kept, they would fragment, and a training would take up to a quarter more
    // memory for no time gained.
    MALLOC_MMAP_THRESHOLD_: '41943040',
    MALLOC_TRIM_THRESHOLD_: '17179869184',
    GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1',
    // Only as much of the card's memory as is used: other programs on the workstation have it too.
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
    // Cards are numbered alike by CUDA, which would put the fastest first, and by nvidia-smi, which describes them.
    CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
    // float32 means float32: without this, cards since 2020 round the factors of products to 10 bits (TF32). What is won by
    // shorter numbers is the choice of the run's precision.
    NVIDIA_TF32_OVERRIDE: '0',
    // The GPU build of the library also serves as the CPU backend; without this it would take the GPU.
    ...(backend === 'tensorflow' ? { CUDA_VISIBLE_DEVICES: '-1' } : {}),
    NODE_OPTIONS: '',
  };
}
