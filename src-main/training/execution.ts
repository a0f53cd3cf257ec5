import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ComputeEvent, Mistake, TrainedEvent } from '../../src-shared/contract/compute.ts';
import { ExpectedError, type Failure } from '../../src-shared/contract/errors.ts';
import { ProgramEnds, type JobContext } from '../../src-shared/contract/progress.ts';
import type { RunState } from '../../src-shared/contract/runs.ts';
import type { RunConfiguration } from '../../src-shared/contract/training.ts';
import { prepareInputs } from './inputs.ts';
import { itemsOf, type Plan } from './plan.ts';
import { wholeProgress } from './wholeProgress.ts';
import type { ProgressEvent } from './ports.ts';
import { memoryRemedy } from './retry.ts';
import { noBackend, type TrainingParts } from './run.ts';

export interface ExecutionOptions {
  /** Go on from the newest sound checkpoint. */
  resume?: boolean;
  /** Aborted where the run shall write a checkpoint and stop. */
  pause?: AbortSignal;
}

/**
 * Carries a recorded run to its end: prepares the inputs, trains in the compute process, records every epoch as it comes. Whatever
 * happens, the run's row says how it ended, and the best epoch written until then is kept. Where the program ends meanwhile, the
 * run stops as for a pause and can go on when the project is opened again.
 */
export async function executeRun(
  parts: TrainingParts,
  run: string,
  context: JobContext,
  { resume = false, pause }: ExecutionOptions = {},
): Promise<void> {
  const configuration = parts.store.configuration(run);
  const programEnds = () => context.signal.reason instanceof ProgramEnds;
  try {
    const result = await train(parts, run, configuration, context, { resume, pause });
    const state = programEnds() && result.outcome === 'paused' ? 'interrupted' : stateAfter[result.outcome];
    finish(parts, run, state, result);
  } catch (error) {
    const failure = failureOf(error, context.signal.aborted, configuration);
    const state = await stateOfFailure(parts, run, error, {
      cancelled: context.signal.aborted,
      programEnds: programEnds(),
    });
    parts.store.setRunState(run, state, {
      endedAt: parts.now(),
      failure: state === 'interrupted' && programEnds() ? undefined : failure,
    });
    if (state === 'interrupted') parts.store.addEvent(run, programEnds() ? programEnded : failure.message);
    parts.onChange();
    // Only here is it known with which batch to try again.
    throw failure.code === 'OUT_OF_MEMORY' ? new ExpectedError(failure, { cause: error }) : error;
  }
  parts.onChange();
}

const stateAfter: Record<TrainedEvent['outcome'], RunState> = {
  finished: 'finished',
  stoppedEarly: 'finished',
  paused: 'paused',
  cancelled: 'cancelled',
};

/** Time that a checkpoint may take when the program ends; one of 1.6 GB takes seconds. */
const longestPauseMilliseconds = 60_000;

const programEnded = 'The program was closed while the run was under way.';

function finish(
  parts: TrainingParts,
  run: string,
  state: RunState,
  { outcome, card, peakMemoryBytes }: TrainedEvent,
): void {
  parts.store.setRunState(run, state, { endedAt: parts.now(), card, peakMemoryBytes });
  if (state === 'paused') parts.store.addEvent(run, 'Paused.');
  if (state === 'interrupted') parts.store.addEvent(run, programEnded);
  if (outcome === 'stoppedEarly') parts.store.addEvent(run, 'Ended by the rule of early stopping.');
}

/** A run whose process ended goes on in the next one, if it had come as far as a checkpoint. */
async function stateOfFailure(
  parts: TrainingParts,
  run: string,
  error: unknown,
  { cancelled, programEnds }: { cancelled: boolean; programEnds: boolean },
): Promise<RunState> {
  if (programEnds) return 'interrupted';
  if (cancelled) return 'cancelled';
  const cause = error instanceof Error ? error.cause : null;
  const ended = cause instanceof Error && 'processEnded' in cause && cause.processEnded === true;
  if (!ended) return 'failed';
  const checkpoints = await readdir(join(parts.runDirectory(run), 'checkpoints')).catch(() => []);
  return checkpoints.length > 0 ? 'interrupted' : 'failed';
}

async function train(
  parts: TrainingParts,
  run: string,
  configuration: RunConfiguration,
  context: JobContext,
  { resume, pause }: Required<Pick<ExecutionOptions, 'resume'>> & Pick<ExecutionOptions, 'pause'>,
): Promise<TrainedEvent> {
  const plan = parts.store.plan(run);
  if (plan === null) throw withoutPlan(run);
  const { chosen } = await parts.trainer.status();
  if (!chosen) throw noBackend();
  const inputs = await prepareInputs(
    parts.inputs,
    parts.store.imageFiles(plan.images.map(([image]) => image)),
    configuration.preprocessing,
    join(parts.cacheDirectory, 'inputs'),
    context,
  );
  const runDirectory = parts.runDirectory(run);
  await mkdir(runDirectory, { recursive: true });
  parts.store.setRunState(run, 'training', { backend: chosen });
  parts.onChange();
  const stop = stopSignals(context.signal, pause);
  return parts.trainer.train(
    {
      runDirectory,
      cacheDirectory: join(parts.cacheDirectory, 'features'),
      inputs,
      items: itemsOf(plan),
      classes: plan.classes,
      positive: plan.positive,
      configuration,
      snapshotSha256: plan.snapshotSha256,
      softwareVersion: parts.softwareVersion,
      resume,
    },
    (event) => onTrainingEvent(parts, run, plan, event, context),
    stop.cancel,
    stop.pause,
  );
}

/** Where the program ends, the training is paused, so that it goes on from where it stands; everything else cancels it. */
function stopSignals(signal: AbortSignal, pause?: AbortSignal): { cancel: AbortSignal; pause: AbortSignal } {
  const cancel = new AbortController();
  const pausing = new AbortController();
  const onAbort = () => {
    if (!(signal.reason instanceof ProgramEnds)) return cancel.abort();
    pausing.abort();
    // The program ends all the same; the checkpoint before is then the newest.
    setTimeout(() => cancel.abort(), longestPauseMilliseconds).unref();
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  return {
    cancel: cancel.signal,
    pause: pause === undefined ? pausing.signal : AbortSignal.any([pause, pausing.signal]),
  };
}

function onTrainingEvent(
  parts: TrainingParts,
  run: string,
  plan: Plan,
  event: ComputeEvent,
  context: JobContext,
): void {
  if (event.kind === 'epoch') {
    parts.store.addEpoch(run, event.record);
    // A training that goes on repeats its earlier records, without their mistakes.
    if (event.mistakes.length > 0 || event.record.validation.accuracy === 1) {
      parts.store.saveExamples(run, { epoch: event.record.epoch, examples: examplesOf(plan, event.mistakes) });
    }
    parts.onEpoch(run, event.record);
  }
  if (event.kind === 'resumed') {
    for (const words of resumedWords(event)) parts.store.addEvent(run, words);
    parts.onChange();
  }
  if (event.kind !== 'progress') return;
  const epoch = event.epochs > 0 && event.epoch > 0 ? `Epoch ${event.epoch} of ${event.epochs}` : '';
  const loss = event.loss === null ? '' : `loss ${event.loss.toFixed(3)}`;
  context.report({
    phase: event.phase,
    ...wholeProgress(event, plan),
    rate: event.imagesPerSecond,
    etaSeconds: event.etaSeconds,
    message: [epoch, phaseWords[event.phase], loss].filter(Boolean).join(' · '),
  });
}

function examplesOf({ images, classes }: Plan, mistakes: readonly Mistake[]) {
  return mistakes.map(({ index, label, predicted, probabilities }) => ({
    image: images[index]![0],
    label: classes[label]!,
    predicted: classes[predicted]!,
    probability: probabilities.label,
  }));
}

function resumedWords({ from, refused }: Extract<ComputeEvent, { kind: 'resumed' }>): string[] {
  const problems = refused.map((one) => `${one.charAt(0).toUpperCase()}${one.slice(1)}.`);
  const words =
    from === null
      ? 'Started from the beginning: there was no checkpoint to go on from.'
      : `Went on from checkpoint ${from.checkpoint}: epoch ${from.epoch}${from.steps > 0 ? `, after ${from.steps} steps` : ''}.`;
  return [...problems, words];
}

const phaseWords: Record<ProgressEvent['phase'], string> = {
  loading: 'loading weights',
  features: 'computing features once',
  training: 'training',
  validation: 'validating',
  predicting: 'predicting',
  explaining: 'making heat maps',
};

function withoutPlan(run: string): ExpectedError {
  return new ExpectedError({
    code: 'NOT_FOUND',
    message: `${run} was started by an earlier version, which did not keep on which images it was trained in which order.`,
    kept: 'Its best epoch is kept.',
    remedy: 'Start a new run with the same configuration.',
  });
}

function failureOf(error: unknown, cancelled: boolean, configuration: RunConfiguration): Failure {
  if (cancelled)
    return { code: 'CANCELLED', message: 'Cancelled.', kept: 'The best epoch until then is kept.', remedy: '' };
  if (error instanceof ExpectedError) {
    const failure = error.toFailure();
    return failure.code === 'OUT_OF_MEMORY' ? { ...failure, remedy: memoryRemedy(configuration) } : failure;
  }
  return {
    code: 'COMPUTE_FAILED',
    message: error instanceof Error ? error.message : 'Training failed.',
    kept: 'The epochs recorded until then are kept.',
    remedy: 'Start the run again.',
  };
}
