import { setImmediate } from 'node:timers/promises';
import type { ComputeEvent } from '../../../src-shared/contract/compute.ts';
import { JobFailure } from '../failure.ts';

export type ProgressEvent = Extract<ComputeEvent, { kind: 'progress' }>;

/** What a job is handed: where its events go, and whether it was cancelled. */
export interface JobRun {
  job: string;
  emit(event: ComputeEvent): void;
  cancelled(): boolean;
  /** Whether a training shall write a checkpoint and end. */
  pausing(): boolean;
}

/** Thrown where a training stops on request, with everything on the disk that it needs to go on. */
export class Paused extends Error {}

const leastMillisecondsBetween = 100;

/** What a phase without a loss reports. */
export const quiet = { loss: null, accuracy: null, imagesPerSecond: null, etaSeconds: null };

export type Report = ReturnType<typeof createReporter>;

/** Reports at most ten times a second and always at the end of a phase; lets messages in between, so that cancel arrives. */
export function createReporter(run: JobRun): (event: Omit<ProgressEvent, 'kind' | 'job'>) => Promise<void> {
  let last = 0;
  return async (event) => {
    const now = performance.now();
    if (now - last >= leastMillisecondsBetween || event.done === 0 || event.done >= event.total) {
      last = now;
      run.emit({ kind: 'progress', job: run.job, ...event });
    }
    await setImmediate();
    if (run.cancelled()) throw new JobFailure('CANCELLED', 'The job was cancelled.');
    // Before the first step there is nothing to write down.
    if (run.pausing() && (event.phase === 'loading' || event.phase === 'features')) throw new Paused();
  };
}

/**
 * Gives the seconds since it was last asked, of a clock that nobody sets. A machine that slept in between would make one step seem to
 * have taken the night: what is a hundred times the mean so far, and more than a minute, counts as the mean.
 */
export function startWatch(now: () => number = () => performance.now()): () => number {
  let last = now();
  let sum = 0;
  let laps = 0;
  return () => {
    const present = now();
    const measured = (present - last) / 1000;
    last = present;
    const mean = laps === 0 ? 0 : sum / laps;
    const slept = laps > 0 && measured > 60 && measured > 100 * mean;
    const seconds = slept ? mean : measured;
    sum += seconds;
    laps += 1;
    return seconds;
  };
}

/** Estimates the time to the end of a training from the time each kind of image took so far. */
export class Timing {
  private readonly spent = { training: 0, validation: 0 };
  private readonly images = { training: 0, validation: 0 };
  private remaining: { training: number; validation: number };

  constructor(total: { training: number; validation: number }) {
    this.remaining = { ...total };
  }

  add(kind: 'training' | 'validation', images: number, seconds: number): void {
    this.spent[kind] += seconds;
    this.images[kind] += images;
    this.remaining[kind] -= images;
  }

  imagesPerSecond(kind: 'training' | 'validation'): number | null {
    return this.images[kind] === 0 || this.spent[kind] === 0 ? null : this.images[kind] / this.spent[kind];
  }

  /** Until a validation was timed, an image of it counts a third of one in training: forward without backward. */
  etaSeconds(): number | null {
    if (this.images.training === 0) return null;
    const training = this.spent.training / this.images.training;
    const validation = this.images.validation === 0 ? training / 3 : this.spent.validation / this.images.validation;
    return Math.max(0, this.remaining.training * training + this.remaining.validation * validation);
  }
}
