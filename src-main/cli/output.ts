import type { JobContext } from '../../src-shared/contract/progress.ts';
import { ExpectedError, type ErrorCode, type Failure } from '../../src-shared/contract/errors.ts';
import { toFailure } from '../host/failures.ts';

export const exitCodes = { done: 0, failed: 1, wrongUsage: 2, inputRefused: 3 } as const;

/** Failures for which the input is to blame, not the program or the machine. */
const refusals: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'PROJECT_NOT_FOUND',
  'PROJECT_EXISTS',
  'PROJECT_NEWER',
  'PROJECT_DAMAGED',
  'PATH_NOT_FOUND',
  'MODEL_REFUSED',
  'NOTHING_TO_IMPORT',
  'NOT_FOUND',
  'ONE_CLASS_ONLY',
  'TOO_FEW_PATIENTS',
  'NO_SPLIT',
  'SET_EMPTY',
  'SPLIT_FILES_UNREADABLE',
  'LEAKAGE',
  'TEST_SET_LOCKED',
  'WEIGHTS_REFUSED',
  'INVALID_INPUT',
]);

/** Where a command writes: results to stdout (one JSON document or JSON lines with `--json`, words without), progress to stderr. */
export interface Output {
  json: boolean;
  /** The command's result: `document` with --json, else `words`. */
  result(document: unknown, words: string): void;
  /** One JSON line, with --json only. */
  line(document: unknown): void;
  /** For a person, without --json only. */
  say(words: string): void;
  context(signal: AbortSignal): JobContext;
}

export function createOutput(json: boolean): Output {
  const progress = createProgressLine();
  return {
    json,
    result(document, words) {
      progress.clear();
      process.stdout.write(`${json ? JSON.stringify(document) : words}\n`);
    },
    line(document) {
      if (json) process.stdout.write(`${JSON.stringify(document)}\n`);
    },
    say(words) {
      progress.clear();
      if (!json) process.stdout.write(`${words}\n`);
    },
    context: (signal) => ({
      signal,
      report: (report) => progress.show(report.message, report.done, report.total, report.etaSeconds),
    }),
  };
}

const redrawEveryMs = 100;

/** One line on a terminal's stderr, redrawn; nothing where stderr is no terminal. */
function createProgressLine() {
  let drawnAt = 0;
  let shown = false;
  return {
    show(message: string, done: number, total: number | null, etaSeconds: number | null): void {
      const now = Date.now();
      if (!process.stderr.isTTY || (now - drawnAt < redrawEveryMs && done !== total)) return;
      drawnAt = now;
      shown = true;
      const share = total === null || total === 0 ? '' : ` ${Math.floor((100 * done) / total)} %`;
      const left = etaSeconds === null ? '' : ` · ${duration(etaSeconds)} left`;
      process.stderr.write(`\r\u001b[K${`${message}${share}${left}`.slice(0, (process.stderr.columns ?? 80) - 1)}`);
    },
    clear(): void {
      if (shown) process.stderr.write('\r\u001b[K');
      shown = false;
    },
  };
}

export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return seconds < 5400 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

/** Says what went wrong, what was kept and what to do; returns the exit code. */
export function reportFailure(error: unknown, json: boolean): number {
  const failure = toFailure(error);
  if (json) process.stdout.write(`${JSON.stringify({ event: 'failed', error: failure })}\n`);
  const words = [failure.message, failure.kept, failure.remedy].filter((part) => part !== '');
  process.stderr.write(`parenchyma: ${words.join('\n  ')}\n`);
  if (failure.code === 'INTERNAL' && error instanceof Error) process.stderr.write(`${error.stack ?? error.message}\n`);
  return error instanceof ExpectedError && refusals.has(error.code) ? exitCodes.inputRefused : exitCodes.failed;
}

/** With --json; the words for a person were written to stderr where the command line was parsed. */
export function reportWrongUsage(message: string): void {
  const error = {
    code: 'INVALID_INPUT',
    message: message.replace(/^error: /, ''),
    kept: 'Nothing was changed.',
    remedy: 'Add --help for the options.',
  } satisfies Failure;
  process.stdout.write(`${JSON.stringify({ event: 'failed', error })}\n`);
}
