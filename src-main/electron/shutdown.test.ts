import { describe, expect, it, vi } from 'vitest';
import { createShutdown } from './shutdown.ts';

const quitEvent = () => ({ preventDefault: vi.fn() });

describe('shutdown', () => {
  it('closes once and exits once, however often it is asked', async () => {
    const close = vi.fn(async () => undefined);
    const exit = vi.fn();
    const shutdown = createShutdown(close, exit);
    const events = [quitEvent(), quitEvent(), quitEvent()];
    for (const event of events) shutdown(event);
    await vi.waitFor(() => expect(exit).toHaveBeenCalledExactlyOnceWith(0));
    expect(close).toHaveBeenCalledOnce();
    for (const event of events) expect(event.preventDefault).toHaveBeenCalledOnce();
  });

  it('exits with 1 when closing fails', async () => {
    const exit = vi.fn();
    createShutdown(() => Promise.reject(new Error('disk gone')), exit)(quitEvent());
    await vi.waitFor(() => expect(exit).toHaveBeenCalledExactlyOnceWith(1));
  });

  it('does not wait for ever', async () => {
    const exit = vi.fn();
    createShutdown(() => new Promise(() => undefined), exit, 20)(quitEvent());
    await vi.waitFor(() => expect(exit).toHaveBeenCalledExactlyOnceWith(1));
  });
});
