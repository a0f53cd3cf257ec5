import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** One line of JSON per event. Callers pass codes, counts and durations: never names, paths of images or identifiers. */
export interface Logger {
  info(event: string, facts?: Record<string, number | string | boolean | null>): void;
  error(event: string, error: unknown): void;
}

const largestFile = 5 * 1024 * 1024;

/** Appends to `path`, keeping one older generation. A log that cannot be written is given up silently: it must never stop the work. */
export function createFileLogger(path: string): Logger {
  const write = (line: Record<string, unknown>) => {
    try {
      mkdirSync(dirname(path), { recursive: true });
      if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > largestFile) renameSync(path, `${path}.1`);
      appendFileSync(path, `${JSON.stringify({ at: new Date().toISOString(), ...line })}\n`);
    } catch {
      return;
    }
  };
  return {
    info: (event, facts) => write({ event, ...facts }),
    // Stack traces name source files only; messages of errors may name a patient's file and stay out.
    error: (event, error) => write({ event, error: error instanceof Error ? describe(error) : typeof error }),
  };
}

function describe(error: Error) {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return {
    name: error.name,
    code,
    stack: error.stack
      ?.split('\n')
      .filter((line) => line.startsWith('    at '))
      .slice(0, 12),
  };
}
