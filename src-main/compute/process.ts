import type { BackendInfo } from '../../src-shared/contract/training.ts';
import { computeRequestSchema, type ComputeEvent, type ComputeRequest } from '../../src-shared/contract/compute.ts';
import { startBackend } from './backends/start.ts';
import { explain } from './explain/explain.ts';
import { createModelKeeper, type ModelKeeper } from './explain/loadedModel.ts';
import { asJobFailure, JobFailure } from './failure.ts';
import type { Operations } from './network/operations.ts';
import { predict } from './predict.ts';
import { rangeTest } from './training/rangeTest.ts';
import { train } from './training/train.ts';
import { compareWeights, readMatched, withWeights } from './weights/load.ts';

type Job = Extract<
  ComputeRequest,
  { job: string; kind: 'train' | 'rangeTest' | 'predict' | 'explain' | 'inspectWeights' }
>;

/** What the process does with messages, apart from how they travel: one backend, chosen once, and one job at a time. */
export function createComputeProcess(emit: (event: ComputeEvent) => void): {
  receive(message: unknown): Promise<void>;
} {
  let backend: { info: BackendInfo; ops: Operations<unknown>; keeper: ModelKeeper<unknown> } | null = null;
  let running: { job: string; cancelled: boolean; pausing: boolean } | null = null;

  async function start(request: Extract<ComputeRequest, { kind: 'start' }>): Promise<void> {
    const started = await startBackend(request);
    if ('reason' in started) {
      emit({ kind: 'refused', ...started });
      return;
    }
    backend = { ...started, keeper: createModelKeeper(started.ops) };
    emit({ kind: 'ready', info: started.info });
  }

  async function perform(job: Job): Promise<ComputeEvent> {
    if (job.kind === 'inspectWeights') return inspectWeights(job);
    if (backend === null) throw new JobFailure('INTERNAL', 'No backend has been started.');
    const state = { job: job.job, cancelled: false, pausing: false };
    running = state;
    try {
      const run = { job: job.job, emit, cancelled: () => state.cancelled, pausing: () => state.pausing };
      if (job.kind === 'explain') {
        const model = await backend.keeper.load(job.modelDirectory);
        return await explain(backend.ops, model, job, run);
      }
      backend.keeper.release();
      if (job.kind === 'train') return await train(backend.ops, backend.info, job, run);
      if (job.kind === 'rangeTest') return await rangeTest(backend.ops, backend.info, job, run);
      return await predict(backend.ops, job, run);
    } finally {
      backend.keeper.rest();
      running = null;
    }
  }

  async function runJob(job: Job): Promise<void> {
    try {
      if (running !== null) throw new JobFailure('BUSY', 'Another job is running; one runs at a time.');
      emit(await perform(job));
    } catch (error) {
      const { code, message } = asJobFailure(error);
      emit({ kind: 'failed', job: job.job, code, message, kept: keptAfter(job) });
    }
  }

  return {
    async receive(message) {
      const parsed = computeRequestSchema.safeParse(message);
      if (!parsed.success) return;
      const request = parsed.data;
      if (request.kind === 'start') await start(request);
      else if (request.kind === 'cancel') {
        if (running?.job === request.job) running.cancelled = true;
      } else if (request.kind === 'pause') {
        if (running?.job === request.job) running.pausing = true;
      } else if (request.kind === 'stop') process.exit(0);
      else await runJob(request);
    },
  };
}

function keptAfter(job: Job): string {
  return job.kind === 'train'
    ? 'If an epoch was finished before, the model of the best epoch and the last good checkpoint are kept; the images and labels are unchanged.'
    : 'Nothing was changed.';
}

async function inspectWeights(job: Extract<Job, { kind: 'inspectWeights' }>): Promise<ComputeEvent> {
  return withWeights(job.path, async (file) => {
    // Two classes stand for any number: the last layer may differ.
    const comparison = compareWeights(file, { architecture: job.architecture, head: job.head, classes: 2 });
    await readMatched(file, comparison);
    return {
      kind: 'weightsInspected',
      job: job.job,
      sha256: await file.sha256(),
      matched: comparison.matched.length,
      problems: comparison.problems,
    };
  });
}
