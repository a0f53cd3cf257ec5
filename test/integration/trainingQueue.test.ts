/** Runs that wait for their turn, pause, go on, are extended, and survive the end of the compute process and of the program. */
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/fetch';
import type { ContractRouterClient } from '@orpc/contract';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSampleStudy } from '../../assets/sample/index.ts';
import { createApplication, type Application } from '../../src-main/app/application.ts';
import { trialProcesses } from '../../src-main/app/trialWorkers.ts';
import { createComputeClient, forkCompute, type ComputeChannel } from '../../src-main/engine/index.ts';
import { createMetricsThread } from '../../src-main/evaluation/index.ts';
import { createHost, type Host } from '../../src-main/host/createHost.ts';
import { createDecoder } from '../../src-main/library/index.ts';
import { createSettings } from '../../src-main/platform/settings.ts';
import { createReportThread } from '../../src-main/report/index.ts';
import type { contract } from '../../src-shared/contract/index.ts';
import type { RunDetail, RunState } from '../../src-shared/contract/runs.ts';
import { defaultRunConfiguration, type RunConfiguration } from '../../src-shared/contract/training.ts';
import { temporaryFolder } from '../helpers/commandLine.ts';
import { installedEngine } from '../helpers/compute.ts';

const folder = temporaryFolder('training-queue');
const logger = { info: () => undefined, error: () => undefined };
const channels: ComputeChannel[] = [];
let application: Application;
let host: Host;
let api: ContractRouterClient<typeof contract>;

async function openHost(): Promise<void> {
  const fork = (environment: Record<string, string>) => {
    const channel = forkCompute(environment);
    channels.push(channel);
    return channel;
  };
  application = createApplication({
    decoder: createDecoder(),
    compute: createComputeClient({ fork, engine: await installedEngine(), backends: ['tensorflow'] }),
    metrics: createMetricsThread(),
    reports: createReportThread(),
    trials: trialProcesses(),
    settings: createSettings(join(folder.path, 'config')),
    logger,
    projectsDirectory: folder.path,
    user: 'reader',
    writeSampleStudy: (directory, context) => writeSampleStudy(directory, { patients: 8, slices: 2, context }),
  });
  host = createHost({ application, shell: 'loopback', rendererDirectory: folder.path, logger });
  const fetch = (request: Request) => host.fetch(request);
  api = createORPCClient(new RPCLink({ url: 'http://parenchyma/rpc', fetch }));
}

beforeAll(async () => {
  await openHost();
  await application.createSample({ report: () => undefined, signal: new AbortController().signal });
});

afterAll(async () => {
  await host?.close();
  folder.remove();
});

/** Only the compact head is trained, on kept features: epochs of milliseconds. */
const quick: RunConfiguration = {
  ...defaultRunConfiguration,
  architecture: 'vgg16',
  head: 'compact',
  freeze: 'backbone',
  preprocessing: { imageSize: 32, window: { level: -600, width: 1500 } },
  augmentation: { flip: true, cropScale: 1, brightness: 0, contrast: 0 },
  epochs: 2,
};
const long: RunConfiguration = { ...quick, epochs: 5000 };

async function until(run: string, wanted: (detail: RunDetail) => boolean): Promise<RunDetail> {
  for (let tries = 0; tries < 600; tries += 1) {
    const detail = await api.training.run({ run });
    if (wanted(detail)) return detail;
    await after(50);
  }
  throw new Error(`${run} stays ${(await api.training.run({ run })).state}.`);
}
const untilState = (run: string, state: RunState) => until(run, (detail) => detail.state === state);

describe('the queue of runs', () => {
  it('starts one after the other in the order that was chosen, and the next one when a run is paused', async () => {
    const first = await api.training.enqueue(long);
    expect(first.position).toBe(0);
    const second = await api.training.enqueue(quick);
    const third = await api.training.enqueue({ ...quick, seed: 2 });
    expect([second.position, third.position]).toEqual([1, 2]);
    const moved = await api.training.moveInQueue({ run: third.run, position: 1 });
    expect(moved.waiting.map((one) => one.run)).toEqual([third.run, second.run]);
    expect(moved.running?.run).toBe(first.run);

    await until(first.run, (detail) => detail.epochsDone > 0);
    await api.training.pause({ run: first.run });
    const paused = await untilState(first.run, 'paused');
    expect(paused.checkpoints).toBeGreaterThan(0);
    const [secondEnded, thirdEnded] = [
      await untilState(second.run, 'finished'),
      await untilState(third.run, 'finished'),
    ];
    expect(thirdEnded.endedAt! <= secondEnded.endedAt!).toBe(true);

    const examples = await api.training.examples({ run: second.run });
    expect(examples === null || examples.epoch <= 2).toBe(true);

    const resumed = await api.training.resume({ run: first.run });
    expect(resumed.position).toBe(0);
    await until(first.run, (detail) => detail.epochsDone > paused.epochsDone);
    await api.training.cancel({ run: first.run });
    const cancelled = await untilState(first.run, 'cancelled');
    expect(cancelled.history.map(({ words }) => words)).toEqual([
      'Paused.',
      expect.stringMatching(/^Went on from checkpoint \d+: epoch \d+/),
    ]);
  });

  it('trains a finished run for more epochs, and says how the schedule goes on', async () => {
    const cosine: RunConfiguration = { ...quick, schedule: { kind: 'cosine', warmupEpochs: 0, finalShare: 0 } };
    const { run } = await api.training.enqueue(cosine);
    await untilState(run, 'finished');
    const { words } = await api.training.extend({ run, epochs: 1 });
    expect(words).toContain('The cosine has ended and does not begin again');
    const longer = await untilState(run, 'finished');
    expect(longer).toMatchObject({ epochsDone: 3, configuration: { epochs: 3, scheduleEpochs: 2 } });
    expect(longer.epochs[2]!.learningRate).toBeCloseTo(cosine.learningRate * 0.01, 12);
    const whole = await api.training.enqueue({ ...cosine, epochs: 3, scheduleEpochs: 2 });
    const same = await untilState(whole.run, 'finished');
    expect(same.epochs.map(({ training, validation }) => [training, validation])).toEqual(
      longer.epochs.map(({ training, validation }) => [training, validation]),
    );
  });

  it('goes on with the next run when the compute process dies, and the run can go on', async () => {
    const { run } = await api.training.enqueue(long);
    const { run: next } = await api.training.enqueue(quick);
    await until(run, (detail) => detail.checkpoints > 0);
    channels.at(-1)!.kill();
    const interrupted = await untilState(run, 'interrupted');
    expect(interrupted.failure?.message).toContain('ended');
    await untilState(next, 'finished');
    await api.training.resume({ run });
    const gone = await until(run, (detail) => detail.epochsDone > interrupted.epochsDone);
    expect(gone.failure).toBeNull();
    await api.training.cancel({ run });
    await untilState(run, 'cancelled');
  });

  it('of a program that was closed is held when the project is opened again; the run under way was interrupted, not cancelled', async () => {
    const { run } = await api.training.enqueue(long);
    const { run: waiting } = await api.training.enqueue(quick);
    await until(run, (detail) => detail.epochsDone > 0);
    const { path } = application.requireSession();
    await host.close();
    await openHost();
    await application.open(path);
    const interrupted = await api.training.run({ run });
    expect(interrupted.state).toBe('interrupted');
    expect(interrupted.checkpoints).toBeGreaterThan(0);
    expect(interrupted.history.at(-1)?.words).toBe('The program was closed while the run was under way.');
    expect(await api.training.queue()).toMatchObject({ held: true, running: null, waiting: [{ run: waiting }] });
    await api.training.continueQueue();
    await untilState(waiting, 'finished');
    await api.training.resume({ run });
    await until(run, (detail) => detail.epochsDone > interrupted.epochsDone);
    await api.training.cancel({ run });
    await untilState(run, 'cancelled');
    await expect(api.training.extend({ run: waiting, epochs: 1 })).resolves.toMatchObject({ run: waiting });
  });
});
