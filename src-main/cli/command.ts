import type { Option } from 'commander';
import type { Output } from './output.ts';

/** What a command is handed; it returns its exit code, or nothing for "done". */
export interface Run {
  output: Output;
  signal: AbortSignal;
}
export type Action<Arguments extends unknown[], Options> = (
  run: Run,
  options: Options,
  ...values: Arguments
) => Promise<number | undefined>;

/** Wraps commander so that every command has `--json`, ends on Ctrl-C in order, and fails in the same words. */
export interface CommandAdder {
  add<Arguments extends unknown[], Options>(
    usage: string,
    description: string,
    options: Option[],
    action: Action<Arguments, Options>,
  ): void;
}
