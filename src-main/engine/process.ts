import { computeEventSchema, type ComputeEvent, type ComputeRequest } from '../../src-shared/contract/compute.ts';
import type { BackendInfo, BackendRefusal } from '../../src-shared/contract/training.ts';
import type { BackendName } from '../../src-shared/contract/vocabulary.ts';
import { computeEnvironment, type ForkCompute } from './channel.ts';
import { describeExit, explainExit, kernelKills, memoryIsLimited, type ProcessExit } from './exit.ts';
import type { ComputeFailure } from './failure.ts';

const startTimeoutMilliseconds = 180_000;

export type StartOptions = { binding: string | null; engine: 'fastest' | 'composed'; insist: boolean };

/** One living compute process that has proved its backend. */
export interface StartedProcess {
  info: BackendInfo;
  send(request: ComputeRequest): void;
  /** Hears every event from now on; `null` once, when the process has ended. */
  listen(listener: (event: ComputeEvent | null) => void): () => void;
  /** What is said about a process that has ended. */
  failure(): ComputeFailure;
  alive(): boolean;
  kill(): void;
}

/** Starts a process and lets it prove its backend, or says why it could not. */
export function startProcess(
  fork: ForkCompute,
  backend: BackendName,
  options: StartOptions,
  environment: Record<string, string> = {},
): Promise<StartedProcess | BackendRefusal> {
  return new Promise((resolve) => {
    const channel = fork({ ...computeEnvironment(backend), ...environment });
    const listeners = new Set<(event: ComputeEvent | null) => void>();
    let ended: ProcessExit | null = null;
    const killsBefore = kernelKills();
    const timer = setTimeout(() => {
      channel.kill();
      resolve({ backend, code: 'START_TIMEOUT', reason: 'It did not answer within three minutes.' });
    }, startTimeoutMilliseconds);
    timer.unref();

    const started = (info: BackendInfo): StartedProcess => ({
      info,
      send: (request) => channel.send(request),
      listen(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      failure: () =>
        explainExit(ended ?? { code: null, signal: null, detail: '', kernelKilled: false, limited: false }),
      alive: () => ended === null,
      kill: () => channel.kill(),
    });

    channel.onMessage((message) => {
      const event = computeEventSchema.safeParse(message);
      if (!event.success) return;
      if (event.data.kind === 'ready') {
        clearTimeout(timer);
        resolve(started(event.data.info));
      } else if (event.data.kind === 'refused') {
        clearTimeout(timer);
        resolve({ backend, code: event.data.code, reason: event.data.reason });
        channel.kill();
      } else {
        listeners.forEach((listener) => listener(event.data));
      }
    });
    channel.onExit(({ code, signal, detail }) => {
      clearTimeout(timer);
      const kills = kernelKills();
      const kernelKilled = kills !== null && killsBefore !== null && kills > killsBefore;
      ended = { code, signal, detail, kernelKilled, limited: memoryIsLimited() };
      resolve({ backend, code: 'PROCESS_DIED', reason: `The process that loaded it ended: ${describeExit(ended)}` });
      [...listeners].forEach((listener) => listener(null));
    });
    channel.send({ kind: 'start', backend, ...options } satisfies ComputeRequest);
  });
}
