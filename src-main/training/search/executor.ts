/**
 * The port behind which trials are carried out. Whoever implements it starts `parenchyma trial DIRECTORY` somewhere that sees the
 * project's folder: a child process here, a job of a cluster elsewhere. A trial is told what to do by `trial.json` and `order.json` and
 * reports in `events.jsonl`; no memory, message or signal is needed beyond starting it, stopping it and learning that it is gone.
 */
export interface TrialExecutor {
  start(trialDirectory: string): StartedTrial;
}

export interface StartedTrial {
  /** Resolves when the worker is gone, however it ended; what it did says `events.jsonl`. Never rejects. */
  ended: Promise<void>;
  /** Asks it to stop where it can go on later. It is killed when it does not. */
  stop(): void;
}
