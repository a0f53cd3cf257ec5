import { describe, expect, it, vi } from 'vitest';
import type { HostEvent } from '../../src-shared/contract/events.ts';
import { nextDelay, watchEvents, type ConnectionState } from './events.ts';
import { fakeClient } from './testing/fakeClient.ts';

describe('the stream of events', () => {
  it('waits longer after each failure, but never more than ten seconds', () => {
    expect([500, 4000, 8000, 10_000].map(nextDelay)).toEqual([1000, 8000, 10_000, 10_000]);
  });

  it('is opened again when it breaks, and says so in between', async () => {
    vi.useFakeTimers();
    const stop = new AbortController();
    let opened = 0;
    async function* stream(): AsyncGenerator<HostEvent, undefined> {
      opened += 1;
      yield { kind: 'alive' };
      if (opened === 1) throw new Error('connection reset');
      stop.abort();
      return undefined;
    }
    const watch = vi.fn(async () => stream());
    const states: ConnectionState[] = [];
    const events: HostEvent[] = [];
    // oRPC's client type carries more than a call; the stream uses the call only.
    const client = fakeClient({ events: { watch: watch as never } });
    const watching = watchEvents(
      client,
      { onEvent: (event) => events.push(event), onState: (state) => states.push(state) },
      stop.signal,
    );
    await vi.runAllTimersAsync();
    await watching;
    vi.useRealTimers();
    expect(states).toEqual(['connecting', 'open', 'lost', 'open']);
    expect(events).toHaveLength(2);
  });

  it('is given up when nothing arrives for longer than two signs of life', async () => {
    vi.useFakeTimers();
    const stop = new AbortController();
    const states: ConnectionState[] = [];
    const watch = (_: unknown, { signal }: { signal: AbortSignal }) => {
      const silence = new Promise<IteratorResult<HostEvent>>((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(new Error('given up'))),
      );
      silence.catch(() => undefined);
      return Promise.resolve({ [Symbol.asyncIterator]: () => ({ next: () => silence }) });
    };
    const client = fakeClient({ events: { watch: watch as never } });
    const watching = watchEvents(
      client,
      { onEvent: () => undefined, onState: (state) => states.push(state) },
      stop.signal,
    );
    await vi.advanceTimersByTimeAsync(39_000);
    expect(states).toEqual(['connecting', 'open']);
    await vi.advanceTimersByTimeAsync(1500);
    expect(states).toContain('lost');
    stop.abort();
    await vi.runAllTimersAsync();
    await watching;
    vi.useRealTimers();
  });
});
