import type { HostEvent } from '../../src-shared/contract/events.ts';

/** Events kept for a listener that does not read; older progress is dropped first. */
const longestQueue = 1000;
const aliveEveryMs = 15_000;

/** Fans events out to any number of listeners, each an async iterator that ends with its signal. */
export function createEventHub() {
  const listeners = new Set<(event: HostEvent) => void>();

  return {
    publish(event: HostEvent): void {
      for (const listener of listeners) listener(event);
    },

    /** Yields `first`, then everything published from the call on. Several reports of one job collapse into the newest. */
    async *watch(first: HostEvent[], signal: AbortSignal | undefined): AsyncGenerator<HostEvent> {
      const queue: HostEvent[] = [...first];
      let wake: () => void = () => undefined;
      const listener = (event: HostEvent) => {
        enqueue(queue, event);
        wake();
      };
      const alive = setInterval(() => listener({ kind: 'alive' }), aliveEveryMs);
      const stop = () => wake();
      signal?.addEventListener('abort', stop);
      listeners.add(listener);
      try {
        while (!signal?.aborted) {
          const event = queue.shift();
          if (event) yield event;
          else await new Promise<void>((resolve) => (wake = resolve));
        }
      } finally {
        clearInterval(alive);
        signal?.removeEventListener('abort', stop);
        listeners.delete(listener);
      }
    },
  };
}
export type EventHub = ReturnType<typeof createEventHub>;

function enqueue(queue: HostEvent[], event: HostEvent): void {
  const last = queue.at(-1);
  if (last?.kind === 'job' && event.kind === 'job' && last.job.id === event.job.id) queue[queue.length - 1] = event;
  else queue.push(event);
  if (queue.length > longestQueue) queue.splice(0, queue.length - longestQueue);
}
