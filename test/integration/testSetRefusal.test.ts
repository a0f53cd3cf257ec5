/** A test evaluation refused for what the data hold, by command line and host, until a person has looked: then the report prints why. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/fetch';
import type { ContractRouterClient } from '@orpc/contract';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Contract } from '../../src-shared/contract/index.ts';
import { metricsDocumentSchema } from '../../src-shared/contract/metrics.ts';
import { createRandom } from '../../src-shared/domain/random.ts';
import { parenchyma, temporaryFolder } from '../helpers/commandLine.ts';
import { startLoopback } from '../helpers/loopback.ts';

const folder = temporaryFolder('refusal');
const project = join(folder.path, 'pictures.parenchyma');
const run = (...args: string[]) => parenchyma(folder.path, ...args);
const reason = 'Two scans of a phantom that look alike';

function drawing(seed: number): ReturnType<typeof sharp> {
  const random = createRandom(seed);
  const shapes = Array.from({ length: 40 }, () => {
    const gray = random.below(256);
    return `<circle cx="${random.below(320)}" cy="${random.below(260)}" r="${4 + random.below(24)}" fill="rgb(${gray},${gray},${gray})"/>`;
  });
  const svg = `<svg width="320" height="260"><rect width="320" height="260" fill="#222"/>${shapes.join('')}</svg>`;
  return sharp(Buffer.from(svg));
}

beforeAll(async () => {
  await run('create', project);
  for (const [place, set] of ['training', 'validation', 'test'].entries()) {
    for (const [classPlace, label] of ['ill', 'well'].entries()) {
      const directory = join(folder.path, `${label}-${set}`);
      mkdirSync(directory);
      for (let number = 1; number <= 4; number++) {
        const seed = 1 + place * 10 + classPlace * 100 + number;
        await drawing(seed)
          .png()
          .toFile(join(directory, `${label}${seed}.png`));
      }
      // A training picture of each class again in the test set, smaller and compressed, under another name.
      if (set === 'test')
        await drawing(2 + classPlace * 100)
          .resize(240)
          .jpeg({ quality: 60 })
          .toFile(join(directory, `again-${label}.jpg`));
      const imported = await run(
        ...['import', project, directory, '--label', label, '--set', set, '--patients', 'whole-name'],
      );
      expect(imported.code, imported.stderr).toBe(0);
    }
  }
  const quick = '--arch vgg16 --weights none --head compact --image-size 32 --epochs 1 --batch 8'.split(' ');
  const trained = await run('train', project, ...quick);
  expect(trained.code, trained.stderr).toBe(0);
});
afterAll(() => folder.remove());

const evaluate = () => run('evaluate', project, '--run', 'run-1', '--set', 'test', '--opened-by', 'Dr Test');

it('is refused with the pairs, by the command line and through the host, and the test set stays closed', async () => {
  // Nothing has been checked yet: the evaluation itself has the images compared first.
  const refused = await evaluate();
  expect(refused.code).toBe(3);
  const { error } = refused.lines.find((line) => line.event === 'failed') as {
    error: { code: string; message: string; kept: string; remedy: string };
  };
  expect(error).toMatchObject({ code: 'LEAKAGE', kept: 'The test set was not opened.' });
  expect(error.message).toContain("2 images show nearly the same as one of the run's images");
  expect(error.remedy).toContain('accept the finding there with a reason');

  const loopback = await startLoopback(folder.path, '--project', project);
  try {
    const { origin, searchParams, hash } = new URL(loopback.address);
    const token = searchParams.get('token') ?? new URLSearchParams(hash.slice(1)).get('token');
    const entered = await fetch(loopback.address, { redirect: 'manual' });
    const cookie = entered.headers
      .getSetCookie()
      .map((one) => one.split(';')[0])
      .join('; ');
    const headers = { cookie, origin, ...(token === null ? {} : { authorization: `Bearer ${token}` }) };
    const client: ContractRouterClient<Contract> = createORPCClient(new RPCLink({ url: `${origin}/rpc`, headers }));
    const { job } = await client.evaluation.start({ run: 'run-1', set: 'test', openedBy: 'Dr Test' });
    await expect
      .poll(async () => (await client.jobs.list()).find((one) => one.id === job), { timeout: 60_000 })
      .toMatchObject({ state: 'failed', failure: { code: 'LEAKAGE' } });
    expect(await client.evaluation.openings()).toEqual([]);
    expect((await client.findings.list()).findings).toMatchObject([
      { id: 'near-duplicate:training:test', state: 'open', cases: { open: 2, accepted: 0 } },
    ]);
  } finally {
    await loopback.stop();
  }
}, 240_000);

it('is refused while one of two pairs is open, and goes through when the one is accepted and the other resolved', async () => {
  const listed = await run('findings', project);
  const [finding] = listed.lines[0]!.findings as {
    id: string;
    listed: { id: number; images: { id: number; set: string }[] }[];
  }[];
  const [first, second] = finding!.listed;
  const accepted = await run('findings', project, '--accept', String(first!.id), '--reason', reason);
  expect(accepted.code, accepted.stderr).toBe(0);
  expect((await evaluate()).code).toBe(3);

  const copy = second!.images.find(({ set }) => set === 'test')!;
  const resolved = await run('findings', project, '--exclude', String(copy.id), '--reason', 'A copy');
  expect(resolved.code, resolved.stderr).toBe(0);
  const evaluated = await evaluate();
  expect(evaluated.code, evaluated.stderr).toBe(0);
  expect(metricsDocumentSchema.parse(evaluated.lines[0]).n.images).toBe(9);

  const report = await run(
    'report',
    project,
    '--run',
    'run-1',
    '--out',
    join(folder.path, 'report'),
    '--formats',
    'html,json',
  );
  expect(report.code, report.stderr).toBe(0);
  for (const { path } of report.lines[0]!.files as { path: string }[])
    expect(readFileSync(path, 'utf8')).toContain(reason);
}, 240_000);

it('locks the test set: what it holds does not change any more', async () => {
  const split = await run('split', project, '--fix', `training=${join(folder.path, 'ill-test')}`);
  const listed = await run('findings', project);
  const [finding] = listed.lines[0]!.findings as { listed: { images: { id: number; set: string }[] }[] }[];
  const image = finding!.listed.flatMap(({ images }) => images).find(({ set }) => set === 'test')!;
  const excluded = await run('findings', project, '--exclude', String(image.id), '--reason', 'too late');
  const relabelled = await run('import', project, join(folder.path, 'ill-test'), '--label', 'well');
  for (const refused of [split, excluded, relabelled]) {
    expect(refused.lines.at(-1)).toMatchObject({ event: 'failed', error: { code: 'TEST_SET_LOCKED' } });
  }
  const kept = await run('split', project, '--seed', '5', '--keep-test');
  expect(kept.code, kept.stderr).toBe(0);
}, 240_000);
