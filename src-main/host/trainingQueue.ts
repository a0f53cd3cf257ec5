import type { ChangedWhat, HostEvent, JobKind } from '../../src-shared/contract/events.ts';
import type { Enqueued, Queue } from '../../src-shared/contract/queue.ts';
import type { RunConfiguration } from '../../src-shared/contract/training.ts';
import type { RunListener } from '../app/trainingOperations.ts';
import type { ProjectSession } from '../app/session.ts';
import type { Jobs } from './jobs.ts';

/** Work of the compute process: a run starts when none of it is under way. */
export const computing: ReadonlySet<JobKind> = new Set<JobKind>([
  'train',
  'search',
  'comparisonStudy',
  'evaluate',
  'heatmaps',
  'audit',
  'study',
  'rangeTest',
]);

export interface TrainingQueueParts {
  session(): ProjectSession | null;
  jobs: Jobs;
  publish(event: HostEvent): void;
  changed(what: ChangedWhat): void;
}

/**
 * Starts runs one after the other. Which ones wait, and in which order, is in the project; here is only which one is under way, and
 * whether the queue of the project that is open may go on by itself.
 */
export function createTrainingQueue({ session, jobs, publish, changed }: TrainingQueueParts) {
  let running: { run: string; job: string; pause: AbortController } | null = null;
  /** Project whose queue goes on; another one's is held until somebody says so. */
  let released: string | null = null;

  const listener: RunListener = {
    onEpoch: (run, record) => publish({ kind: 'epoch', run, record }),
    onChange: () => changed('runs'),
  };
  const open = (): ProjectSession => {
    const present = session();
    if (present === null) throw new Error('No project is open.');
    return present;
  };

  function launch(target: ProjectSession, run: string, resume: boolean): string {
    const pause = new AbortController();
    const job = jobs.start('train', `Training run ${target.run(run).number}`, async (context) => {
      try {
        await target.executeRun(run, listener, context, { resume, pause: pause.signal });
        return { kind: 'train', run };
      } finally {
        running = null;
      }
    });
    running = { run, job, pause };
    return job;
  }

  /** Starts the next run if nothing stands in its way. */
  function advance(): void {
    const target = session();
    if (target === null || released !== target.path || running !== null) return;
    if (jobs.running().some(({ kind }) => computing.has(kind))) return;
    const [next] = target.waitingRuns();
    if (next === undefined) return;
    target.leaveQueue(next.run);
    launch(target, next.run, next.resume);
    changed('runs');
  }

  const state = (): Queue => {
    const target = open();
    const waiting = target.queuePositions();
    return {
      held: waiting.length > 0 && released !== target.path,
      running: running && { run: running.run, job: running.job },
      waiting,
    };
  };

  /** Whoever asks for a run wants the queue to go on. */
  function release(run: string): Enqueued {
    const target = open();
    released = target.path;
    advance();
    changed('runs');
    return { run, position: target.queuePositions().find((one) => one.run === run)?.position ?? 0 };
  }

  return {
    advance,
    state,
    /** Starts a run at once; the caller has seen to it that nothing else is under way. */
    start(configuration: RunConfiguration): { job: string; run: string } {
      const target = open();
      released = target.path;
      const { run } = target.createRun(configuration, listener);
      return { job: launch(target, run, false), run };
    },
    enqueue: (configuration: RunConfiguration): Enqueued => release(open().enqueueRun(configuration, listener)),
    move(run: string, position: number): Queue {
      open().moveInQueue(run, position);
      changed('runs');
      return state();
    },
    goOn(): Queue {
      released = open().path;
      advance();
      changed('runs');
      return state();
    },
    pause(run: string): void {
      if (running?.run === run) running.pause.abort();
      else open().leaveUnstarted(run, 'paused');
      changed('runs');
    },
    resume(run: string): Enqueued {
      open().resumeRun(run);
      return release(run);
    },
    extend(run: string, epochs: number): Enqueued & { words: string } {
      const words = open().extendRun(run, epochs);
      return { ...release(run), words };
    },
    cancel(run: string): void {
      if (running?.run === run) jobs.cancel(running.job);
      else open().leaveUnstarted(run, 'cancelled');
      changed('runs');
    },
  };
}
export type TrainingQueue = ReturnType<typeof createTrainingQueue>;
