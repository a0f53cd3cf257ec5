/** Heat maps of a real run through the host: made once, then kept; the test set stays closed; one at a time with the rest. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSampleStudy } from '../../assets/sample/index.ts';
import { trialProcesses } from '../../src-main/app/trialWorkers.ts';
import { createApplication, type Application } from '../../src-main/app/application.ts';
import { createComputeClient, forkCompute } from '../../src-main/engine/index.ts';
import { createHost, type Host } from '../../src-main/host/createHost.ts';
import { createMetricsThread } from '../../src-main/evaluation/index.ts';
import { createReportThread } from '../../src-main/report/index.ts';
import { createDecoder } from '../../src-main/library/index.ts';
import { createSettings } from '../../src-main/platform/settings.ts';
import { heatMapFactsHeader, heatMapFactsSchema } from '../../src-shared/contract/heatmaps.ts';
import type { JobContext } from '../../src-shared/contract/progress.ts';
import { defaultRunConfiguration } from '../../src-shared/contract/training.ts';
import { temporaryFolder } from '../helpers/commandLine.ts';
import { installedEngine } from '../helpers/compute.ts';

const folder = temporaryFolder('heat-maps');
const silent: JobContext = { report: () => undefined, signal: new AbortController().signal };
const logger = { info: () => undefined, error: () => undefined };
let application: Application;
let host: Host;
let run: string;
let images: { id: number; set: string | null }[];

async function get(path: string) {
  const response = await host.fetch(new Request(`http://parenchyma${path}`));
  const body = new Uint8Array(await response.arrayBuffer());
  if (!response.ok) return { status: response.status, failure: JSON.parse(new TextDecoder().decode(body)) };
  const facts = heatMapFactsSchema.parse(
    JSON.parse(decodeURIComponent(response.headers.get(heatMapFactsHeader) ?? 'null')),
  );
  return { status: response.status, facts, values: new Float32Array(body.buffer) };
}

beforeAll(async () => {
  application = createApplication({
    decoder: createDecoder(),
    compute: createComputeClient({ fork: forkCompute, engine: await installedEngine(), backends: ['tensorflow'] }),
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
  const session = await application.createSample(silent);
  const created = session.createRun(
    {
      ...defaultRunConfiguration,
      architecture: 'vgg16',
      head: 'compact',
      preprocessing: { imageSize: 64, window: { level: -600, width: 1500 } },
      epochs: 1,
    },
    { onEpoch: () => undefined, onChange: () => undefined },
  );
  run = created.run;
  await created.execute(silent);
  const filter = { sourceId: null, folder: null, classId: null, set: null, patientId: null, seriesId: null, text: '' };
  const page = session.catalogue.images({ filter, sort: 'name', descending: false, offset: 0, limit: 100 });
  images = page.items.map(({ id, set }) => ({ id, set }));
});

afterAll(async () => {
  await host?.close();
  folder.remove();
});

const kept = () =>
  readdirSync(join(application.requireSession().path, 'cache', 'heatmaps'), { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.f32'));

describe('heat maps through the host', () => {
  it('gives one with its facts, and the same again from the disk', async () => {
    const image = images.find((one) => one.set === 'validation')!;
    const first = await get(`/heatmaps/${run}/${image.id}`);
    expect(first.facts).toMatchObject({ method: 'gradCam', className: 'Ground glass', edge: 4, imageSize: 64 });
    expect(first.values).toHaveLength(16);
    expect(first.values!.every((value) => value >= 0 && Number.isFinite(value))).toBe(true);
    expect(Math.fround(Math.max(...first.values!))).toBe(Math.fround(first.facts!.maximum));
    expect(kept()).toHaveLength(1);
    const again = await get(`/heatmaps/${run}/${image.id}`);
    expect(again.values).toEqual(first.values);
    expect(Math.fround(again.facts!.score)).toBe(Math.fround(first.facts!.score));
    expect(kept()).toHaveLength(1);
  });

  it('gives one in under a second while the model is in memory', async () => {
    const [first, ...others] = images.filter((one) => one.set === 'training');
    await get(`/heatmaps/${run}/${first!.id}`);
    const times: number[] = [];
    for (const { id } of others.slice(0, 3)) {
      const started = performance.now();
      expect((await get(`/heatmaps/${run}/${id}`)).status).toBe(200);
      times.push(performance.now() - started);
    }
    expect(Math.min(...times)).toBeLessThan(1000);
  });

  it('keeps the test set closed until it has been opened, then gives its maps', async () => {
    const session = application.requireSession();
    const image = images.find((one) => one.set === 'test')!;
    const refused = await get(`/heatmaps/${run}/${image.id}`);
    expect(refused).toMatchObject({ status: 404, failure: { code: 'TEST_SET_LOCKED' } });
    await session.evaluate(
      { run, set: 'test', rule: 'youden', interval: 'wilson', aggregation: 'mean', openedBy: 'a test' },
      silent,
    );
    expect((await get(`/heatmaps/${run}/${image.id}`)).status).toBe(200);
  });

  it('makes many with progress, in the order asked for, and says how far occlusion agrees', async () => {
    const session = application.requireSession();
    const ids = images.map((one) => one.id).reverse();
    const seen: (number | null)[] = [];
    const context = { ...silent, report: ({ done }: { done: number }) => void seen.push(done) };
    const maps = await session.heatmaps({ run, imageIds: ids, class: 0, method: 'gradCam' }, context);
    expect(maps.map((map) => map.imageId)).toEqual(ids);
    expect(seen.at(-1)).toBe(ids.length);
    const [id] = ids;
    expect(await session.heatMapAgreement(run, id!, 0)).toBeNull();
    await session.heatmaps({ run, imageIds: [id!], class: 0, method: 'occlusion' }, silent);
    const agreement = await session.heatMapAgreement(run, id!, 0);
    // A map that is 0 everywhere has no order to compare.
    if (maps[0]!.values.some((value) => value > 0)) expect(Math.abs(agreement!)).toBeLessThanOrEqual(1);
    else expect(agreement).toBeNull();
  });

  it('stops when it is cancelled, and keeps what was made', async () => {
    const controller = new AbortController();
    const session = application.requireSession();
    const before = kept().length;
    const ids = images.map((one) => one.id);
    const work = session.heatmaps(
      { run, imageIds: ids, class: 1, method: 'occlusion' },
      { signal: controller.signal, report: ({ done }) => done > 2 && controller.abort() },
    );
    await expect(work).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(kept().length).toBeGreaterThanOrEqual(before);
    expect((await get(`/heatmaps/${run}/${ids[0]}?class=1`)).status).toBe(200);
  });

  it('refuses what does not exist in words', async () => {
    expect(await get(`/heatmaps/run-99/${images[0]!.id}`)).toMatchObject({
      status: 404,
      failure: { code: 'NOT_FOUND' },
    });
    expect(await get(`/heatmaps/${run}/${images[0]!.id}?class=7`)).toMatchObject({
      failure: { code: 'INVALID_INPUT' },
    });
    expect(await get(`/heatmaps/${run}/${images[0]!.id}?method=guess`)).toMatchObject({ status: 400 });
  });
});
