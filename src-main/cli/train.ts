import { ExpectedError } from '../../src-shared/contract/errors.ts';
import type { RunDetail } from '../../src-shared/contract/runs.ts';
import type { EpochRecord, RunConfiguration } from '../../src-shared/contract/training.ts';
import type { ProjectSession } from '../app/session.ts';
import type { RunListener } from '../app/trainingOperations.ts';
import { smallerBatch } from '../training/index.ts';
import { sayBeforeTraining, type CheckedSession } from './beforeTraining.ts';
import { duration, type Output } from './output.ts';

/** As much of an open project as training needs. */
export type TrainingSession = CheckedSession & Pick<ProjectSession, 'createRun' | 'run'>;

/**
 * Trains, and where memory runs out and `retry` allows it, trains again with half the batch until it fits. Every attempt is a
 * run of its own; the last one is given back.
 */
export async function trainWithRetries(
  session: TrainingSession,
  wanted: RunConfiguration,
  retry: boolean,
  output: Output,
  signal: AbortSignal,
): Promise<RunDetail> {
  let configuration = await fitted(session, wanted, retry, output);
  for (;;) {
    try {
      return await trainOnce(session, configuration, output, signal);
    } catch (error) {
      const next = smallerBatch(configuration.batchSize);
      if (!retry || next === null || !isOutOfMemory(error)) throw error;
      sayRetry(output, error.message, configuration.batchSize, next);
      configuration = { ...configuration, batchSize: next };
    }
  }
}

/** The configuration as it can be started: too large a batch is refused before anything is computed, or made smaller. */
export async function fitted(
  session: CheckedSession,
  configuration: RunConfiguration,
  retry: boolean,
  output: Output,
): Promise<RunConfiguration> {
  const { memory, problems } = await session.preflight(configuration);
  const tooLarge = problems.find((problem) => problem.about === 'memory');
  if (tooLarge?.severity !== 'blocks') return configuration;
  const largest = memory?.largestBatch ?? null;
  if (!retry || largest === null) {
    throw new ExpectedError({
      code: 'OUT_OF_MEMORY',
      message: tooLarge.message,
      kept: 'No run was started.',
      remedy:
        largest === null ? tooLarge.remedy : `${tooLarge.remedy} Use --batch ${largest} or --retry-smaller-batch.`,
    });
  }
  sayRetry(output, tooLarge.message, configuration.batchSize, largest);
  return { ...configuration, batchSize: largest };
}

/** Goes on with a run that was paused, interrupted, cancelled or failed, and says what was found of its checkpoints. */
export async function resumeTraining(
  session: ContinuedSession & Pick<ProjectSession, 'resumeRun'>,
  run: string,
  output: Output,
  signal: AbortSignal,
): Promise<RunDetail> {
  session.resumeRun(run);
  return goOn(session, run, output, signal);
}

/** Trains an ended run for more epochs, and says how its schedule goes on. */
export async function extendTraining(
  session: ContinuedSession & Pick<ProjectSession, 'extendRun'>,
  { run, epochs }: { run: string; epochs: number },
  output: Output,
  signal: AbortSignal,
): Promise<RunDetail> {
  output.say(session.extendRun(run, epochs));
  return goOn(session, run, output, signal);
}

type ContinuedSession = Pick<ProjectSession, 'leaveQueue' | 'executeRun' | 'run'>;

async function goOn(session: ContinuedSession, run: string, output: Output, signal: AbortSignal): Promise<RunDetail> {
  const before = session.run(run);
  session.leaveQueue(run);
  output.line({ event: 'started', run, configuration: before.configuration, warnings: [], resumed: true });
  const known = before.history.length;
  const listener = runListener(output, before.configuration.epochs);
  try {
    await session.executeRun(run, listener, output.context(signal), { resume: true });
  } finally {
    for (const { words } of session.run(run).history.slice(known)) output.say(words);
  }
  return session.run(run);
}

/** Says every epoch. */
export function runListener(output: Output, epochs: number): RunListener {
  return {
    onChange: () => undefined,
    onEpoch: (id, record) => {
      output.line({ event: 'epoch', run: id, ...record });
      output.say(describeEpoch(record, epochs));
    },
  };
}

async function trainOnce(
  session: TrainingSession,
  configuration: RunConfiguration,
  output: Output,
  signal: AbortSignal,
): Promise<RunDetail> {
  const said = await sayBeforeTraining(session, configuration, output, signal);
  const created = session.createRun(configuration, runListener(output, configuration.epochs));
  output.line({ event: 'started', run: created.run, configuration, ...said });
  output.say(`Started ${created.run}`);
  await created.execute(output.context(signal));
  return session.run(created.run);
}

function sayRetry(output: Output, reason: string, batchSize: number, next: number): void {
  output.line({ event: 'retry', reason, batchSize, nextBatchSize: next });
  output.say(`${reason}\nTrying again with a batch of ${next} instead of ${batchSize}.`);
}

const isOutOfMemory = (error: unknown): error is ExpectedError =>
  error instanceof ExpectedError && error.code === 'OUT_OF_MEMORY';

function describeEpoch(record: EpochRecord, epochs: number): string {
  const { training, validation } = record;
  const left = record.etaSeconds === null ? '' : `, ${duration(record.etaSeconds)} left`;
  return (
    `Epoch ${record.epoch}/${epochs}: training loss ${number(training.loss)}, accuracy ${percent(training.accuracy)}; validation loss ${number(validation.loss)}, ` +
    `accuracy ${percent(validation.accuracy)}, AUC ${number(validation.auc)}; ${record.imagesPerSecond.toFixed(1)} images/s${left}${record.best ? ' · best so far' : ''}`
  );
}

const number = (value: number | null) => (value === null ? '–' : value.toFixed(3));
const percent = (value: number | null) => (value === null ? '–' : `${(100 * value).toFixed(1)} %`);
