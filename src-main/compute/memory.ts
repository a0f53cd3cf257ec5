import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Collects JavaScript's garbage at once. After a network is loaded that is hundreds of megabytes of typed arrays, which the
 * collector would otherwise leave until JavaScript's own small heap grows, while TensorFlow needs the memory.
 */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect();
}
