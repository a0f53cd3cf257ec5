/**
 * A training that was interrupted ends where the uninterrupted one ends: the same weights, the same records apart from times.
 * By default a few interruptions; `PARENCHYMA_THOROUGH=1` kills the compute process at fifty random instants.
 */
import { existsSync, readdirSync, rmSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ComputeEvent, TrainJobInput } from '../../src-shared/contract/compute.ts';
import { createRandom } from '../../src-main/compute/data/random.ts';
import {
  createComputeClient,
  forkCompute,
  type ComputeChannel,
  type ComputeClient,
  type EngineInstallation,
} from '../../src-main/engine/index.ts';
import { installedEngine } from '../helpers/compute.ts';
import { caseFolder, caseJob, keptHash, recordKeeper, runFolder, writeCaseInputs } from '../helpers/trainingCase.ts';

const kills = process.env.PARENCHYMA_THOROUGH === '1' ? 50 : 4;
const never = new AbortController().signal;
const folder = caseFolder();
let engine: EngineInstallation;
let inputs: string;
let client: ComputeClient;
const channels: ComputeChannel[] = [];

/** What the uninterrupted training comes to, by the checkpoints' interval: it must not matter. */
let expected: { hash: string | null; records: unknown[] };

beforeAll(async () => {
  engine = await installedEngine();
  inputs = writeCaseInputs(folder);
  const fork = (environment: Record<string, string>) => {
    const channel = forkCompute(environment);
    channels.push(channel);
    return channel;
  };
  client = createComputeClient({ fork, engine, backends: ['tensorflow'] });
  const directory = runFolder(folder);
  const keeper = recordKeeper();
  const { outcome } = await client.train(caseJob(directory, inputs), keeper.onEvent, never);
  expect(outcome).toBe('finished');
  expected = { hash: keptHash(directory), records: keeper.comparable() };
  expect(expected.records).toHaveLength(3);
});

afterAll(async () => {
  await client?.close();
  rmSync(folder, { recursive: true, force: true });
});

const checkpointsOf = (directory: string) => join(directory, 'checkpoints');
const namesIn = (directory: string) =>
  existsSync(checkpointsOf(directory)) ? readdirSync(checkpointsOf(directory)).sort() : [];

describe('a paused training', () => {
  it('stops after the step it is at, goes on in another process, and ends as if nothing had happened', async () => {
    const directory = runFolder(folder);
    const keeper = recordKeeper();
    let resumes = 0;
    for (let part = 0; ; part += 1) {
      const pause = new AbortController();
      let steps = 0;
      const onEvent = (event: ComputeEvent) => {
        keeper.onEvent(event);
        if (event.kind === 'resumed') resumes += event.from === null ? 0 : 1;
        // In training and in validation, not always at the same place.
        if (event.kind === 'progress' && event.phase !== 'loading' && (steps += 1) > 2 + (part % 2)) pause.abort();
      };
      const { outcome } = await client.train(
        caseJob(directory, inputs, { resume: true }),
        onEvent,
        never,
        pause.signal,
      );
      if (outcome === 'finished') break;
      expect(outcome).toBe('paused');
      expect(part).toBeLessThan(20);
    }
    expect(resumes).toBeGreaterThan(2);
    expect(keptHash(directory)).toBe(expected.hash);
    expect(keeper.comparable()).toEqual(expected.records);
    expect(namesIn(directory)).toHaveLength(1);
  });

  it('stops after the epoch that was named, and an extended run equals one that was longer from the start', async () => {
    const directory = runFolder(folder);
    const first = await client.train(caseJob(directory, inputs, { stopAfterEpoch: 1 }), () => undefined, never);
    expect(first).toMatchObject({ outcome: 'paused', card: { epoch: 1 } });
    const again = await client.train(
      caseJob(directory, inputs, { stopAfterEpoch: 1, resume: true }),
      () => undefined,
      never,
    );
    expect(again).toMatchObject({ outcome: 'paused', card: { epoch: 1 } });
    const second = await client.train(caseJob(directory, inputs, { resume: true }), () => undefined, never);
    expect(second.outcome).toBe('finished');
    expect(keptHash(directory)).toBe(expected.hash);

    const extended = recordKeeper();
    const longer = { configuration: { epochs: 4, scheduleEpochs: 3 } };
    await client.train(caseJob(directory, inputs, { ...longer, resume: true }), extended.onEvent, never);
    const whole = recordKeeper();
    const other = runFolder(folder);
    await client.train(caseJob(other, inputs, longer), whole.onEvent, never);
    expect(extended.comparable()).toEqual(whole.comparable());
    expect(keptHash(directory)).toBe(keptHash(other));
  });

  it('that was cancelled goes on from its newest checkpoint', async () => {
    const directory = runFolder(folder);
    const cancel = new AbortController();
    const onEvent = (event: ComputeEvent) => {
      if (event.kind === 'progress' && event.epoch === 2) cancel.abort();
    };
    const { outcome } = await client.train(caseJob(directory, inputs), onEvent, cancel.signal);
    expect(outcome).toBe('cancelled');
    const keeper = recordKeeper();
    const froms: unknown[] = [];
    await client.train(
      caseJob(directory, inputs, { resume: true }),
      (event) => {
        keeper.onEvent(event);
        if (event.kind === 'resumed') froms.push(event.from);
      },
      never,
    );
    expect(froms).toEqual([{ checkpoint: '1', epoch: 2, steps: 0 }]);
    expect(keeper.comparable()).toEqual(expected.records);
    expect(keptHash(directory)).toBe(expected.hash);
  });
});

describe('damaged checkpoints', () => {
  it('are said, and the training goes on from the one before', async () => {
    const directory = runFolder(folder);
    await client.train(caseJob(directory, inputs, { stopAfterEpoch: 2 }), () => undefined, never);
    const [older, newest] = namesIn(directory).map((name) => join(checkpointsOf(directory), name)) as [string, string];
    const bytes = readFileSync(newest);
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(newest, bytes);
    const said: string[] = [];
    const froms: unknown[] = [];
    const onEvent = (event: ComputeEvent) => {
      if (event.kind !== 'resumed') return;
      said.push(...event.refused);
      froms.push(event.from?.epoch);
    };
    await client.train(caseJob(directory, inputs, { resume: true }), onEvent, never);
    expect(said).toEqual(['checkpoint 2 is damaged (its hash does not fit what is in it)']);
    expect(froms).toEqual([2]);
    expect(keptHash(directory)).toBe(expected.hash);
    expect(existsSync(older)).toBe(false);
  });

  it('of another configuration are not gone on from, and without a sound one the training starts anew', async () => {
    const directory = runFolder(folder);
    await client.train(caseJob(directory, inputs, { stopAfterEpoch: 1 }), () => undefined, never);
    const said: string[] = [];
    const other = caseJob(directory, inputs, { resume: true, stopAfterEpoch: 1, configuration: { seed: 12 } });
    await client.train(other, (event) => event.kind === 'resumed' && said.push(...event.refused), never);
    expect(said).toEqual(['checkpoint 1 belongs to another run or configuration']);
    const fresh = runFolder(folder);
    await client.train(
      caseJob(fresh, inputs, { configuration: { seed: 12 }, stopAfterEpoch: 1 }),
      () => undefined,
      never,
    );
    expect(keptHash(directory)).toBe(keptHash(fresh));
  });

  it('whose best model is gone are not gone on from', async () => {
    const directory = runFolder(folder);
    await client.train(caseJob(directory, inputs, { stopAfterEpoch: 1 }), () => undefined, never);
    rmSync(join(directory, 'model.safetensors'));
    const said: string[] = [];
    await client.train(
      caseJob(directory, inputs, { resume: true }),
      (event) => event.kind === 'resumed' && said.push(...event.refused),
      never,
    );
    expect(said).toEqual(['checkpoint 1 cannot be used: the model of its best epoch (1) is missing or damaged']);
    expect(keptHash(directory)).toBe(expected.hash);
  });
});

describe('a killed compute process', () => {
  it(`at ${kills} random instants, while checkpoints are written too, changes nothing of what comes out`, async () => {
    const random = createRandom(Number(process.env.PARENCHYMA_SEED ?? 1), 'kills');
    let killed = 0;
    let whileWriting = 0;
    while (killed < kills) {
      const directory = runFolder(folder);
      const keeper = recordKeeper();
      // A checkpoint after each step: at least half of the time one is being written.
      const job = () => caseJob(directory, inputs, { resume: true, checkpointEverySeconds: 0 });
      for (let finished = false; !finished;) {
        const process = killed < kills ? killLater(random.uniform(), directory) : null;
        finished = await trained(job(), (event) => {
          process?.onEvent(event);
          keeper.onEvent(event);
        });
        if (finished) break;
        killed += 1;
        if (namesIn(directory).some((name) => name.endsWith('.tmp'))) whileWriting += 1;
      }
      expect(keptHash(directory)).toBe(expected.hash);
      expect(keeper.comparable()).toEqual(expected.records);
      rmSync(directory, { recursive: true });
    }
    expect(whileWriting).toBeGreaterThan(0);
  }, 1_200_000);
});

/** Ends the process at a random instant of the first seconds of its work; every other time while a checkpoint is being written. */
function killLater(share: number, directory: string): { onEvent(event: ComputeEvent): void } {
  let armed = false;
  const kill = () => channels.at(-1)!.kill();
  const arm = async () => {
    await after(share * 1500);
    if (share < 0.5) return kill();
    for (let tries = 0; tries < 400; tries += 1) {
      if (namesIn(directory).some((name) => name.endsWith('.tmp'))) break;
      await after(2);
    }
    kill();
  };
  return {
    onEvent() {
      if (!armed) void arm();
      armed = true;
    },
  };
}

async function trained(job: TrainJobInput, onEvent: (event: ComputeEvent) => void): Promise<boolean> {
  try {
    return (await client.train(job, onEvent, never)).outcome === 'finished';
  } catch (error) {
    expect(error).toMatchObject({ message: expect.stringContaining('SIGKILL') });
    return false;
  }
}
