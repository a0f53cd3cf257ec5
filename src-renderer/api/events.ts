/** The one stream of host events: read, watched for silence, and opened again when it breaks. */
import type { HostEvent } from '../../src-shared/contract/events.ts';
import type { Client } from './client.ts';

export type ConnectionState = 'connecting' | 'open' | 'lost';

export interface EventListener {
  onEvent(event: HostEvent): void;
  /** Called with `open` on every (re)connection; whoever shows stored facts asks for them again then. */
  onState(state: ConnectionState): void;
}

/** The host sends `alive` every 15 s; two missed ones mean that the connection is dead. */
const silenceMilliseconds = 40_000;
const firstDelayMilliseconds = 500;
const longestDelayMilliseconds = 10_000;

export function nextDelay(delay: number): number {
  return Math.min(delay * 2, longestDelayMilliseconds);
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}

/** Reads one connection until it ends; resolves true when at least one event arrived. */
async function readOnce(client: Client, listener: EventListener, signal: AbortSignal): Promise<boolean> {
  const connection = new AbortController();
  const stop = () => connection.abort();
  signal.addEventListener('abort', stop, { once: true });
  let watchdog = setTimeout(stop, silenceMilliseconds);
  let received = false;
  try {
    const stream = await client.events.watch(undefined, { signal: connection.signal });
    listener.onState('open');
    for await (const event of stream) {
      received = true;
      clearTimeout(watchdog);
      watchdog = setTimeout(stop, silenceMilliseconds);
      listener.onEvent(event);
    }
  } catch {
    // Whatever broke the stream, the answer is the same: say that the connection is lost and open it again.
  } finally {
    clearTimeout(watchdog);
    signal.removeEventListener('abort', stop);
    connection.abort();
  }
  return received;
}

export async function watchEvents(client: Client, listener: EventListener, signal: AbortSignal): Promise<void> {
  let delay = firstDelayMilliseconds;
  listener.onState('connecting');
  while (!signal.aborted) {
    const received = await readOnce(client, listener, signal);
    if (signal.aborted) return;
    listener.onState('lost');
    delay = received ? firstDelayMilliseconds : nextDelay(delay);
    await sleep(delay, signal);
  }
}
