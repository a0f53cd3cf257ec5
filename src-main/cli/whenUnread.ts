import type { Writable } from 'node:stream';

/**
 * Aborts when the reader of the output is gone, as of `parenchyma … | head -1`. What is written after that is lost and no error; the same
 * holds for what a person would read, whose loss ends nothing.
 */
export function whenUnread(output: Writable, words: Writable): AbortSignal {
  const unread = new AbortController();
  output.on('error', (error) => {
    rethrowOther(error);
    unread.abort();
  });
  words.on('error', rethrowOther);
  return unread.signal;
}

function rethrowOther(error: Error): void {
  if (!('code' in error && error.code === 'EPIPE')) throw error;
}
