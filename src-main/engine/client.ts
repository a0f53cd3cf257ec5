import { randomUUID } from 'node:crypto';
import type {
  ComputeEvent,
  ComputeRequest,
  ExplainJob,
  PredictJob,
  TrainedEvent,
  TrainJobInput,
} from '../../src-shared/contract/compute.ts';
import type { RangePoint } from '../../src-shared/contract/rangeTest.ts';
import { trainJobSchema } from '../../src-shared/contract/compute.ts';
import type { BackendInfo, BackendRefusal } from '../../src-shared/contract/training.ts';
import { backendNameSchema, type BackendName } from '../../src-shared/contract/vocabulary.ts';
import type { ForkCompute } from './channel.ts';
import { ComputeFailure } from './failure.ts';
import type { EngineInstallation } from './install.ts';
import { startProcess, type StartedProcess } from './process.ts';

type Job = Extract<
  ComputeRequest,
  { job: string; kind: 'train' | 'rangeTest' | 'predict' | 'explain' | 'inspectWeights' }
>;
export type JobInput<Kind extends Job['kind']> = Omit<Extract<Job, { kind: Kind }>, 'kind' | 'job'>;
export type ExplainedEvent = Extract<ComputeEvent, { kind: 'explained' }>;
export type WeightsInspectedEvent = Extract<ComputeEvent, { kind: 'weightsInspected' }>;
export type ComputeListener = (event: ComputeEvent) => void;

export interface ComputeStatus {
  /** The backend in use; null where none could be started. */
  chosen: BackendInfo | null;
  /** Why each better backend was not taken. */
  refusals: BackendRefusal[];
}

export interface ComputeClient {
  /** Chooses the backend on the first call and remembers it. */
  status(): Promise<ComputeStatus>;
  /**
   * From now on these backends and no others, in this order; null tries all of them, best first. The present process ends; call
   * it only while no job is at work.
   */
  prefer(backends: BackendName[] | null): Promise<ComputeStatus>;
  /** @throws ComputeFailure; a cancelled training is no failure but has the outcome `cancelled` */
  train(
    input: TrainJobInput,
    onEvent: ComputeListener,
    /** Ends the training at once; its newest checkpoint stays. */
    signal: AbortSignal,
    /** Lets it write a checkpoint after the step it is at and end with the outcome `paused`. */
    pause?: AbortSignal,
  ): Promise<TrainedEvent>;
  /** Smoothed losses over growing learning rates; nothing is kept. */
  rangeTest(input: JobInput<'rangeTest'>, onEvent: ComputeListener, signal: AbortSignal): Promise<RangePoint[]>;
  /** Probabilities, one row per image. */
  predict(input: Omit<PredictJob, 'kind' | 'job'>, onEvent: ComputeListener, signal: AbortSignal): Promise<number[][]>;
  /** Heat maps, in the order of the targets. */
  explain(
    input: Omit<ExplainJob, 'kind' | 'job'>,
    onEvent: ComputeListener,
    signal: AbortSignal,
  ): Promise<ExplainedEvent>;
  inspectWeights(input: JobInput<'inspectWeights'>): Promise<WeightsInspectedEvent>;
  /** Ends the process; may be called twice. Jobs at work fail with `CLOSED`. */
  close(): Promise<void>;
}

export interface ComputeClientOptions {
  fork: ForkCompute;
  /** What `ensureEngine` or `locateEngine` gave. */
  engine: EngineInstallation;
  /** The only backends to try, in this order; null or nothing tries all of them, best first. */
  backends?: BackendName[] | null;
  /** `composed` keeps to TF.js's own operations, for comparisons. */
  operations?: 'fastest' | 'composed';
  /** How long a cancelled job may take to stop before its process is ended. */
  graceMilliseconds?: number;
}

/** The host's side of the compute process: starts it, watches it, starts it again after it died. */
export function createComputeClient({
  fork,
  engine,
  backends = null,
  operations = 'fastest',
  graceMilliseconds = 10_000,
}: ComputeClientOptions): ComputeClient {
  let current: Promise<{ process: StartedProcess | null; status: ComputeStatus }> | null = null;
  let preferred = backends;
  let chosen: BackendName | null = null;
  let refusals: BackendRefusal[] = [];
  let closed = false;
  const closing = new AbortController();
  /** Heat maps take seconds: whoever wants to train or predict waits for one that is being made. */
  let explaining: Promise<unknown> = Promise.resolve();

  async function choose(): Promise<{ process: StartedProcess | null; status: ComputeStatus }> {
    const candidates = chosen === null ? (preferred ?? backendNameSchema.options) : [chosen];
    const found: BackendRefusal[] = chosen === null ? [] : [...refusals];
    for (const backend of candidates) {
      const missing = missingEngine(engine, backend);
      if (missing !== null) {
        found.push(missing);
        continue;
      }
      const binding = isNative(backend) ? (engine.engine?.binding ?? null) : null;
      const insist = preferred !== null;
      const options = { binding, engine: operations, insist };
      let started = await startProcess(fork, backend, options);
      // WebAssembly is the last resort: where its threads do not start, it does without.
      if ('reason' in started && backend === 'wasm') started = await startProcess(fork, backend, options, oneThread);
      if ('reason' in started) {
        found.push(started);
        continue;
      }
      if (closed) started.kill();
      chosen = backend;
      refusals = found;
      return { process: started, status: { chosen: started.info, refusals: found } };
    }
    refusals = found;
    return { process: null, status: { chosen: null, refusals: found } };
  }

  async function ensureProcess(): Promise<StartedProcess> {
    if (closed) throw new ComputeFailure('CLOSED', 'The program is closing.', 'Nothing was changed.');
    const present = current === null ? null : await current;
    if (present?.process?.alive()) return present.process;
    // Two callers may have seen the same dead process; only the first of them starts a new one.
    if (current !== null && (await current) === present) current = null;
    current ??= choose();
    const { process } = await current;
    if (process !== null) return process;
    current = null;
    const reasons = refusals.map(({ backend, reason }) => `${backend}: ${reason}`).join(' ');
    throw new ComputeFailure(
      'NO_BACKEND',
      `No backend can be used on this machine. ${reasons}`,
      'Nothing was changed.',
    );
  }

  async function perform(
    job: Job,
    onEvent: ComputeListener,
    signal: AbortSignal | null,
    pause: AbortSignal | null = null,
  ): Promise<ComputeEvent> {
    if (job.kind !== 'explain') await explaining;
    signal?.throwIfAborted();
    const process = await ensureProcess();
    const running = runJob(process, job, { onEvent, signal, pause, closing: closing.signal, graceMilliseconds });
    if (job.kind === 'explain') explaining = running.catch(() => undefined);
    try {
      return await running;
    } catch (error) {
      // WebAssembly is broken once its heap was full, and a native allocator keeps what it has: the next job gets a fresh process.
      if (error instanceof ComputeFailure && error.code === 'OUT_OF_MEMORY') await end(process);
      throw error;
    }
  }

  return {
    async status() {
      if (closed) throw new ComputeFailure('CLOSED', 'The program is closing.', 'Nothing was changed.');
      current ??= choose();
      return (await current).status;
    },
    async prefer(next) {
      const present = current === null ? null : await current;
      current = null;
      chosen = null;
      refusals = [];
      preferred = next;
      await end(present?.process ?? null);
      return this.status();
    },
    async train(input, onEvent, signal, pause) {
      const job = trainJobSchema.parse({ ...input, kind: 'train', job: randomUUID() });
      const event = await perform(job, onEvent, signal, pause);
      if (event.kind === 'trained') return event;
      throw unexpected(event);
    },
    async rangeTest(input, onEvent, signal) {
      const event = await perform({ ...input, kind: 'rangeTest', job: randomUUID() }, onEvent, signal);
      if (event.kind === 'rangeTested') return event.points;
      throw unexpected(event);
    },
    async predict(input, onEvent, signal) {
      const event = await perform({ ...input, kind: 'predict', job: randomUUID() }, onEvent, signal);
      if (event.kind === 'predicted') return event.probabilities;
      throw unexpected(event);
    },
    async explain(input, onEvent, signal) {
      const event = await perform({ ...input, kind: 'explain', job: randomUUID() }, onEvent, signal);
      if (event.kind === 'explained') return event;
      throw unexpected(event);
    },
    async inspectWeights(input) {
      const event = await perform({ ...input, kind: 'inspectWeights', job: randomUUID() }, () => undefined, null);
      if (event.kind === 'weightsInspected') return event;
      throw unexpected(event);
    },
    async close() {
      if (closed) return;
      closed = true;
      closing.abort();
      const present = current === null ? null : await current;
      await end(present?.process ?? null);
    },
  };
}

/** Kills a process, if it lives, and waits until it is gone. */
async function end(process: StartedProcess | null): Promise<void> {
  if (!process?.alive()) return;
  await new Promise<void>((resolve) => {
    process.listen((event) => event === null && resolve());
    process.kill();
  });
}

const oneThread = { PARENCHYMA_WASM_THREADS: '1' };

const isNative = (backend: BackendName) => backend === 'tensorflow' || backend === 'tensorflow-gpu';

function missingEngine(installation: EngineInstallation, backend: BackendName): BackendRefusal | null {
  if (!isNative(backend)) return null;
  const recorded = installation.refusals.find((refusal) => refusal.backend === backend);
  const usable = installation.engine !== null && (backend === 'tensorflow' || installation.engine.gpu);
  if (usable) return null;
  return (
    recorded ?? { backend, code: 'NOT_INSTALLED', reason: 'It is not installed. Run "node scripts/setup/engine.ts".' }
  );
}

/** Events of a job on its way; every other one is its result. */
const passedOn: ReadonlySet<ComputeEvent['kind']> = new Set(['progress', 'epoch', 'resumed']);

/** Sends a job and hears its events until it ends, one way or another. */
function runJob(
  process: StartedProcess,
  job: Job,
  options: {
    onEvent: ComputeListener;
    signal: AbortSignal | null;
    pause: AbortSignal | null;
    closing: AbortSignal;
    graceMilliseconds: number;
  },
): Promise<ComputeEvent> {
  return new Promise((resolve, reject) => {
    let grace: NodeJS.Timeout | null = null;
    let killed = false;

    const cancel = () => {
      process.send({ kind: 'cancel', job: job.job });
      grace ??= setTimeout(() => {
        killed = true;
        process.kill();
      }, options.graceMilliseconds);
    };
    const pause = () => process.send({ kind: 'pause', job: job.job });
    const finish = (settle: () => void) => {
      stopListening();
      options.signal?.removeEventListener('abort', cancel);
      options.pause?.removeEventListener('abort', pause);
      if (grace !== null) clearTimeout(grace);
      settle();
    };
    const stopListening = process.listen((event) => {
      if (event === null) {
        finish(() => reject(endedEarly(process, { closing: options.closing.aborted, killed })));
      } else if ('job' in event && event.job === job.job) {
        if (event.kind === 'failed') finish(() => reject(new ComputeFailure(event.code, event.message, event.kept)));
        else if (passedOn.has(event.kind)) options.onEvent(event);
        else finish(() => resolve(event));
      }
    });
    options.signal?.addEventListener('abort', cancel, { once: true });
    options.pause?.addEventListener('abort', pause, { once: true });
    process.send(job);
    if (options.signal?.aborted) cancel();
    if (options.pause?.aborted) pause();
  });
}

function endedEarly(process: StartedProcess, why: { closing: boolean; killed: boolean }): ComputeFailure {
  const { kept, message, code } = process.failure();
  if (why.closing) return new ComputeFailure('CLOSED', 'The program was closed while the job ran.', kept);
  if (why.killed) return new ComputeFailure('CANCELLED', 'The job was cancelled; its process had to be ended.', kept);
  return new ComputeFailure(code, message, kept, true);
}

function unexpected(event: ComputeEvent): ComputeFailure {
  return new ComputeFailure('INTERNAL', `The compute process answered "${event.kind}".`, 'Nothing was changed.');
}
