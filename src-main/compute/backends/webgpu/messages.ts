export interface AdapterFacts {
  /** Name of the graphics card, as far as the driver tells. */
  device: string;
  /** True for an adapter that computes on the processor: slower than WebAssembly. */
  software: boolean;
  largestBufferBytes: number;
}

/** What the thread says about its start. */
export type ThreadMessage =
  { ready: AdapterFacts & { libraryVersion: string } } | { noAdapter: true } | { failed: string };
