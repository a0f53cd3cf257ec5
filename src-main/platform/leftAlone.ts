/** In a trial's process: fires when the program that started it is gone or wants it to stop. Never where nobody holds a channel to it. */
export function leftAlone(): AbortSignal {
  const stopping = new AbortController();
  process.once('disconnect', () => stopping.abort());
  // It may have happened while this process was starting.
  if (process.connected === false) stopping.abort();
  // Listening alone must not keep the process alive.
  process.channel?.unref();
  return stopping.signal;
}
