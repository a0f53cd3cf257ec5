import { freemem } from 'node:os';

/** Bytes that programs could take now without swapping, within the limits of a container. */
export function availableMemoryBytes(): number {
  return Math.min(freemem(), process.availableMemory());
}
