import { randomUUID } from 'node:crypto';
import { type Failure } from '../../src-shared/contract/errors.ts';
import type { HostEvent, Job, JobKind, JobResult } from '../../src-shared/contract/events.ts';
import { ProgramEnds, type JobContext } from '../../src-shared/contract/progress.ts';
import { toFailure } from './failures.ts';

/** Ended jobs that are still listed. */
const keptEnded = 20;
/** Progress is passed on at most this often per job, in milliseconds. */
const reportEveryMs = 100;

interface Entry {
  job: Job;
  controller: AbortController;
  ended: Promise<void>;
}

/** All long work of the host: started here, watched through `publish`, cancelled by id. */
export function createJobs(publish: (event: HostEvent) => void, log: (error: unknown) => void) {
  const entries = new Map<string, Entry>();

  const update = (id: string, change: Partial<Job>) => {
    const entry = entries.get(id);
    if (!entry) return;
    entry.job = { ...entry.job, ...change };
    publish({ kind: 'job', job: entry.job });
  };

  function context(id: string, controller: AbortController): JobContext {
    let reportedAt = 0;
    let phase = '';
    return {
      signal: controller.signal,
      report(progress) {
        const now = Date.now();
        const complete = progress.total !== null && progress.done >= progress.total;
        if (now - reportedAt < reportEveryMs && progress.phase === phase && !complete) return;
        reportedAt = now;
        phase = progress.phase;
        update(id, { progress: { ...progress, job: id } });
      },
    };
  }

  function forgetOldest(): void {
    const ended = [...entries.values()].filter((entry) => entry.job.state !== 'running');
    for (const entry of ended.slice(0, Math.max(0, ended.length - keptEnded))) entries.delete(entry.job.id);
  }

  return {
    /** Starts `work` and returns its id at once. */
    start(kind: JobKind, title: string, work: (context: JobContext) => Promise<JobResult>): string {
      const id = randomUUID();
      const controller = new AbortController();
      const job: Job = { id, kind, title, state: 'running', progress: null, result: null, failure: null };
      const ended = Promise.resolve()
        .then(() => work(context(id, controller)))
        .then(
          (result) => update(id, { state: 'finished', result }),
          (error: unknown) => {
            const failure: Failure = toFailure(error);
            if (failure.code === 'INTERNAL') log(error);
            update(id, {
              state: failure.code === 'CANCELLED' || controller.signal.aborted ? 'cancelled' : 'failed',
              failure,
            });
          },
        );
      entries.set(id, { job, controller, ended });
      forgetOldest();
      publish({ kind: 'job', job });
      return id;
    },
    list: (): Job[] => [...entries.values()].map((entry) => entry.job),
    running: (): Job[] => [...entries.values()].map((entry) => entry.job).filter((job) => job.state === 'running'),
    /** Asks a job to stop; it ends when it has put its things in order. */
    cancel: (id: string): boolean => {
      const entry = entries.get(id);
      entry?.controller.abort();
      return entry !== undefined;
    },
    /** Cancels all jobs of one kind and waits until they have put their things in order. */
    async stop(kind: JobKind): Promise<void> {
      const own = [...entries.values()].filter((entry) => entry.job.kind === kind);
      for (const entry of own) entry.controller.abort();
      await Promise.all(own.map((entry) => entry.ended));
    },
    /** Ends everything, as what can go on later, and waits. */
    async close(): Promise<void> {
      for (const entry of entries.values()) entry.controller.abort(new ProgramEnds());
      await Promise.all([...entries.values()].map((entry) => entry.ended));
    },
  };
}
export type Jobs = ReturnType<typeof createJobs>;
