/** Entry of the compute process. Transport only: Electron's utilityProcess and Node's fork speak through different ports. */
import { createComputeProcess } from './process.ts';

interface ParentPort {
  on(event: 'message', listener: (message: { data: unknown }) => void): void;
  postMessage(message: unknown): void;
}

function isParentPort(value: unknown): value is ParentPort {
  return typeof value === 'object' && value !== null && 'postMessage' in value && 'on' in value;
}

// Ctrl-C in a terminal reaches every process of the group; the host decides when this one ends.
process.on('SIGINT', () => undefined);

const parentPort: unknown = Reflect.get(process, 'parentPort');
if (isParentPort(parentPort)) {
  const { receive } = createComputeProcess((event) => parentPort.postMessage(event));
  parentPort.on('message', ({ data }) => void receive(data));
} else {
  const { receive } = createComputeProcess((event) => process.send?.(event));
  process.on('message', (message) => void receive(message));
  // The host is gone: nobody would read a result or end this process.
  process.on('disconnect', () => process.exit(0));
}
