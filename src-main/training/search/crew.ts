import type { Failure } from '../../../src-shared/contract/errors.ts';
import type { TrialEvent } from '../../../src-shared/contract/search.ts';
import type { StartedTrial } from './executor.ts';
import { followEvents, writeOrder } from './files.ts';
import type { SearchParts } from './ports.ts';
import { verdictOn } from './verdict.ts';

interface Member {
  number: number;
  started: StartedTrial;
  epochsAtStart: number;
  /** Records what is new in `events.jsonl`; the last event of this attempt once there is one. */
  read(): Promise<TrialEvent | null>;
}

/** The workers of a search: starts them, records what they report, judges a trial when its worker is gone. */
export function createCrew(parts: SearchParts, interrupted: () => boolean) {
  const { store } = parts;
  const members = new Map<number, Member>();
  const ended: Member[] = [];
  const deaths = new Map<number, number>();
  let fatal: Failure | null = null;

  const trialOf = (number: number) => store.trials().find((one) => one.number === number)!;
  const stopping = () => fatal !== null || interrupted();

  async function settle(member: Member): Promise<void> {
    const { number } = member;
    const last = await member.read();
    members.delete(number);
    const trial = trialOf(number);
    if (trial.epochsDone > member.epochsAtStart) deaths.delete(number);
    const verdict = verdictOn(trial, last, { stopping: stopping(), deaths: deaths.get(number) ?? 0 });
    if (verdict.died) deaths.set(number, (deaths.get(number) ?? 0) + 1);
    fatal ??= verdict.fatal;
    const over = verdict.state === 'finished' || verdict.state === 'failed';
    store.change(number, {
      state: verdict.state,
      failure: verdict.failure,
      ...(over ? { endedAt: parts.now() } : {}),
    });
    parts.onTrial(number);
  }

  return {
    size: () => members.size,
    stopping,
    fatal: () => fatal,

    /** Starts a worker for a trial of the database, or lets it go on, up to an epoch. */
    async start(number: number, targetEpoch: number): Promise<void> {
      const { choice, configuration, attempts, startedAt, epochsDone } = trialOf(number);
      await parts.prepare(number, choice, configuration);
      const attempt = attempts + 1;
      const stopAfterEpoch = targetEpoch < configuration.epochs ? targetEpoch : null;
      await writeOrder(parts.directoryOf(number), { attempt, stopAfterEpoch });
      store.change(number, {
        state: 'running',
        targetEpoch,
        attempts: attempt,
        startedAt: startedAt ?? parts.now(),
      });
      const started = parts.executor.start(parts.directoryOf(number));
      const member = { number, started, epochsAtStart: epochsDone, read: reader(parts, number, attempt) };
      members.set(number, member);
      void started.ended.then(() => ended.push(member));
      parts.onTrial(number);
    },

    async readReports(): Promise<void> {
      for (const member of members.values()) await member.read();
    },

    /** Judges the trials whose workers are gone. */
    async settleEnded(): Promise<void> {
      for (const member of ended.splice(0)) await settle(member);
    },

    /** Stops all workers and waits until they are gone and their trials are recorded. */
    async end(): Promise<void> {
      for (const { started } of members.values()) started.stop();
      await Promise.all([...members.values()].map(({ started }) => started.ended));
      for (const member of [...members.values()]) await settle(member);
    },
  };
}

function reader(parts: SearchParts, number: number, attempt: number): Member['read'] {
  const events = followEvents(parts.directoryOf(number));
  const recorded = new Set(parts.store.records(number).map(({ epoch }) => epoch));
  let last: TrialEvent | null = null;
  return async () => {
    for (const event of await events.read()) {
      // After a crash an epoch can be trained a second time from the checkpoint before; it is the same to the last bit.
      if (event.event === 'epoch' && !recorded.has(event.record.epoch)) {
        recorded.add(event.record.epoch);
        parts.store.addEpoch(number, event.record);
        parts.onTrial(number);
      }
      if (event.attempt === attempt && (event.event === 'ended' || event.event === 'failed')) last = event;
    }
    return last;
  };
}
