/**
 * Lets `close` finish before the program ends, once, however often it is asked to quit. `exit` is called when it has finished, failed or
 * taken longer than `limitMilliseconds`.
 */
export function createShutdown(
  close: () => Promise<void>,
  exit: (code: number) => void,
  limitMilliseconds = 15_000,
): (event: { preventDefault(): void }) => void {
  let closing = false;
  return (event) => {
    event.preventDefault();
    if (closing) return;
    closing = true;
    const limit = new Promise<number>((resolve) => setTimeout(() => resolve(1), limitMilliseconds).unref());
    const ended = close().then(
      () => 0,
      () => 1,
    );
    void Promise.race([ended, limit]).then(exit);
  };
}
