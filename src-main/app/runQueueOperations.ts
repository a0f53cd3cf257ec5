import { ExpectedError } from '../../src-shared/contract/errors.ts';
import type { RunDetail } from '../../src-shared/contract/runs.ts';
import { beyondSchedule } from '../../src-shared/domain/schedule.ts';
import type { RunConfiguration } from '../../src-shared/contract/training.ts';
import type { ProjectStore } from '../store/index.ts';

/** Runs that wait, pause, go on and are extended. What starts them is the shell, which knows what else is under way. */
export function runQueueOperations(store: ProjectStore, requireRun: (id: string) => RunDetail) {
  const { runQueue, runs } = store;

  /** A model that others have relied on does not change any more. */
  const refuseWhereReliedOn = (id: string): void => {
    const reasons = runQueue.reliedOn(id);
    if (reasons.length === 0) return;
    throw new ExpectedError({
      code: 'INVALID_INPUT',
      message: `${id} can no longer be trained on: ${reasons.join(', ')}.`,
      kept: 'The run stays as it is.',
      remedy: 'Start a new run with the same configuration.',
    });
  };

  const refuseWhileUnderWay = (run: RunDetail): void => {
    if (run.state !== 'preparing' && run.state !== 'training' && run.state !== 'queued') return;
    throw new ExpectedError({
      code: 'BUSY',
      message: `${run.id} is ${run.state === 'queued' ? 'waiting for its turn' : 'under way'} already.`,
      remedy: 'Pause or cancel it first.',
    });
  };

  const goOn = (id: string): void => {
    runQueue.forgetFigures(id);
    runs.waitAgain(id);
    runQueue.prepend(id, true);
  };

  return {
    waitingRuns: runQueue.waiting,
    queuePositions: runQueue.positions,
    moveInQueue: runQueue.move,
    leaveQueue: runQueue.remove,
    examples(id: string) {
      requireRun(id);
      return runQueue.examples(id);
    },

    /** Puts a run that ended before its time in the queue as the next one. */
    resumeRun(id: string): void {
      const run = requireRun(id);
      refuseWhileUnderWay(run);
      if (run.state === 'finished') {
        throw new ExpectedError({
          code: 'INVALID_INPUT',
          message: `${id} is finished.`,
          remedy: 'Extend it to train for more epochs.',
        });
      }
      if (runQueue.plan(id) === null) throw cannotGoOn(id);
      refuseWhereReliedOn(id);
      goOn(id);
    },

    /** @param epochs how many more; returns in words how the schedule goes on and what becomes of figures */
    extendRun(id: string, epochs: number): string {
      const run = requireRun(id);
      refuseWhileUnderWay(run);
      if (runQueue.plan(id) === null || run.checkpoints === 0) throw cannotGoOn(id);
      refuseWhereReliedOn(id);
      const { configuration, words } = extended(run, epochs);
      const figures = run.validation === null ? '' : ' Its figures on validation are made again when it has ended.';
      runs.saveConfiguration(id, configuration);
      runQueue.addEvent(id, `Extended to ${configuration.epochs} epochs. ${words}`);
      goOn(id);
      return `${words}${figures}`;
    },

    /** A waiting run gives up its place; it can go on later (`paused`) or not at all. */
    leaveUnstarted(id: string, state: 'paused' | 'cancelled'): void {
      const run = requireRun(id);
      const waits = run.state === 'queued';
      if (!waits && !(state === 'cancelled' && (run.state === 'paused' || run.state === 'interrupted'))) {
        throw new ExpectedError({
          code: 'INVALID_INPUT',
          message: `${id} is neither under way nor waiting.`,
          remedy: 'Choose a run that is.',
        });
      }
      runQueue.remove(id);
      runs.setRunState(id, state, { endedAt: new Date().toISOString() });
      runQueue.addEvent(id, state === 'paused' ? 'Taken out of the queue.' : 'Given up.');
    },
  };
}

/** A run that early stopping ended would end again at once: for its further epochs the rule is off. */
function extended(run: RunDetail, epochs: number): { configuration: RunConfiguration; words: string } {
  const { configuration, epochsDone } = run;
  const early = run.state === 'finished' && epochsDone < configuration.epochs;
  const spans = configuration.schedule.kind === 'cosine' || configuration.schedule.kind === 'oneCycle';
  const scheduleEpochs = spans ? (configuration.scheduleEpochs ?? configuration.epochs) : null;
  const total = (run.state === 'finished' ? epochsDone : configuration.epochs) + epochs;
  const beyond =
    scheduleEpochs !== null && total <= scheduleEpochs
      ? 'The schedule goes on as it was laid out.'
      : beyondSchedule(configuration);
  return {
    configuration: {
      ...configuration,
      epochs: total,
      scheduleEpochs,
      earlyStopping: early ? null : configuration.earlyStopping,
    },
    words: early ? `${beyond} Early stopping, which ended it, is off for the further epochs.` : beyond,
  };
}

function cannotGoOn(id: string): ExpectedError {
  return new ExpectedError({
    code: 'NOT_FOUND',
    message: `${id} has no checkpoint to go on from.`,
    kept: 'Its best epoch is kept.',
    remedy: 'Start a new run with the same configuration.',
  });
}
