import { hostname } from 'node:os';
import type { ComputeEvent } from '../../../src-shared/contract/compute.ts';
import type { TrialEvent, TrialFile } from '../../../src-shared/contract/search.ts';
import type { Trainer } from '../ports.ts';
import { appendEvent, readOrder, readTrial } from './files.ts';

/** Progress is written at most this often, in milliseconds. */
const progressEvery = 2000;

export interface TrialParts {
  /** The compute process for this trial. */
  trainer(trial: TrialFile): Promise<Pick<Trainer, 'train'>>;
  now(): string;
}

/** What a failed training is called in `events.jsonl`. */
export interface TrialFailure {
  code: string;
  message: string;
  kept: string;
}

/**
 * Carries out the trial of one folder as far as its order says, from its newest checkpoint if it has one, and writes what happens to
 * `events.jsonl`. The signal lets it write a checkpoint and end. Knows nothing but that folder and the paths in it. Throws only where the folder cannot be read or written.
 */
export async function runTrial(
  directory: string,
  { trainer, now }: TrialParts,
  signal: AbortSignal,
): Promise<TrialEvent> {
  const trial = await readTrial(directory);
  const { attempt, stopAfterEpoch } = await readOrder(directory);
  appendEvent(directory, { event: 'started', attempt, at: now(), host: hostname(), process: process.pid });
  const last = await perform();
  appendEvent(directory, last);
  return last;

  async function perform(): Promise<TrialEvent> {
    try {
      const { train } = await trainer(trial);
      const job = { ...trial.job, runDirectory: directory, resume: true, stopAfterEpoch };
      const report = reporter(directory, attempt);
      const { outcome, card, peakMemoryBytes } = await train(job, report, new AbortController().signal, signal);
      return { event: 'ended', attempt, at: now(), outcome, card, peakMemoryBytes };
    } catch (error) {
      return { event: 'failed', attempt, at: now(), ...describe(error) };
    }
  }
}

function reporter(directory: string, attempt: number): (event: ComputeEvent) => void {
  let reportedAt = 0;
  return (event) => {
    if (event.kind === 'epoch') appendEvent(directory, { event: 'epoch', attempt, record: event.record });
    if (event.kind !== 'progress' || Date.now() - reportedAt < progressEvery) return;
    reportedAt = Date.now();
    const { epoch, done, total, imagesPerSecond } = event;
    appendEvent(directory, { event: 'progress', attempt, epoch, done, total, imagesPerSecond });
  };
}

function describe(error: unknown): TrialFailure {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'INTERNAL';
  const kept = error instanceof Error && 'kept' in error && typeof error.kept === 'string' ? error.kept : '';
  return { code, message, kept };
}
