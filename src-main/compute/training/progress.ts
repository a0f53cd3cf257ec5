import { setImmediate } from 'node:timers/promises';
import type { ComputeEvent } from '../../../src-shared/contract/compute.ts';
import { JobFailure } from '../failure.ts';

export type ProgressEvent = Extract<ComputeEvent, { kind: 'progress' }>;

/** What a job is handed: where its events go, and whether it was cancelled. */
export interface JobRun {
  job: string;
  emit(event: ComputeEvent): void;
  cancelled(): boolean;
}

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
