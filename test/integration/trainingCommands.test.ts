/** `train` killed without warning and gone on with, and `range-test`, as commands. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportModelSchema } from '../../src-main/report/model.ts';
import { openProjectStore } from '../../src-main/store/index.ts';
import { jsonLines, parenchyma, startParenchyma, temporaryFolder } from '../helpers/commandLine.ts';
import { importedProject } from '../helpers/evaluatedProject.ts';

const folder = temporaryFolder('training-commands');
let project: string;

const quick = [
  ...['--arch', 'vgg16', '--head', 'compact', '--freeze', '12', '--image-size', '32', '--batch', '4', '--epochs', '8'],
  ...['--optimiser', 'adamw', '--schedule', 'one-cycle', '--label-smoothing', '0.1', '--sampling', 'balanced'],
];

beforeAll(async () => {
  project = (await importedProject(folder.path, 'killed', { patients: 8, slices: 2 })).path;
});
afterAll(() => folder.remove());

const modelOf = (run: string) =>
  createHash('sha256')
    .update(readFileSync(join(project, 'runs', run, 'model.safetensors')))
    .digest('hex');

/** The lines about epochs, without what depends on the clock and on which run it is. */
const epochsOf = (lines: Record<string, unknown>[]) => {
  const byEpoch = new Map<unknown, unknown>();
  for (const { event, epoch, training, validation, learningRate, best } of lines) {
    if (event === 'epoch') byEpoch.set(epoch, { epoch, training, validation, learningRate, best });
  }
  return [...byEpoch.values()];
};

describe('train', () => {
  it('killed with kill -9 in the middle goes on with --resume and ends as if nothing had happened, past a damaged checkpoint', async () => {
    const child = startParenchyma(folder.path, 'train', project, ...quick);
    let output = '';
    child.stdout!.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (jsonLines(output).filter(({ event }) => event === 'epoch').length >= 3) child.kill('SIGKILL');
    });
    await new Promise((resolve) => child.on('close', resolve));
    const before = jsonLines(output);
    const run = String(before.find(({ event }) => event === 'started')?.run);
    expect(before.some(({ event }) => event === 'finished')).toBe(false);

    const checkpoints = join(project, 'runs', run, 'checkpoints');
    const newest = readdirSync(checkpoints)
      .filter((name) => name.endsWith('.checkpoint'))
      .sort()
      .at(-1)!;
    writeFileSync(join(checkpoints, newest), readFileSync(join(checkpoints, newest)).subarray(0, 1000));
    const resumed = await parenchyma(folder.path, 'train', project, '--resume', run);
    expect(resumed.code).toBe(0);
    expect(resumed.lines.at(-1)).toMatchObject({ event: 'finished', run, outcome: 'finished' });
    const again = await parenchyma(folder.path, 'train', project, '--resume', run);
    expect(again).toMatchObject({ code: 3, lines: [{ event: 'failed', error: { message: `${run} is finished.` } }] });

    const whole = await parenchyma(folder.path, 'train', project, ...quick);
    const other = String(whole.lines.find(({ event }) => event === 'started')?.run);
    expect(modelOf(run)).toBe(modelOf(other));
    expect(epochsOf([...before, ...resumed.lines])).toEqual(epochsOf(whole.lines));
    expect(existsSync(join(checkpoints, newest))).toBe(false);
  });

  it('refuses a schedule that does not exist', async () => {
    const { code } = await parenchyma(folder.path, 'train', project, '--arch', 'vgg16', '--schedule', 'random');
    expect(code).toBe(2);
  });
});

describe('train, repeated', () => {
  const once = [...quick.slice(0, 10), '--epochs', '1'];
  type Member = { run: string; seed: number; fold: number | null; validation: { accuracy: number } };
  type Line = { event: string; run?: string; runs?: Member[]; figures?: Record<string, Record<string, number>> };

  it('over listed seeds gives each run and the mean, deviation, least and most of their figures', async () => {
    const { code, lines } = await parenchyma(folder.path, 'train', project, ...once, '--seeds', '11,5');
    expect(code).toBe(0);
    const all = lines as unknown as Line[];
    expect(all.map(({ event }) => event)).toEqual([
      'group',
      'started',
      'epoch',
      'ended',
      'started',
      'epoch',
      'ended',
      'finished',
    ]);
    const { runs, figures } = all.at(-1)!;
    expect(runs!.map(({ seed, fold }) => [seed, fold])).toEqual([
      [5, null],
      [11, null],
    ]);
    const [one, two] = runs!.map(({ validation }) => validation.accuracy);
    const mean = (one! + two!) / 2;
    expect(figures!.accuracy).toEqual({
      n: 2,
      mean,
      low: Math.min(one!, two!),
      high: Math.max(one!, two!),
      deviation: expect.closeTo(Math.abs(one! - two!) / Math.SQRT2, 12),
    });
  });

  it('over folds lets every patient outside of the test set validate once, without changing the split', async () => {
    const before = await parenchyma(folder.path, 'findings', project);
    const { code, lines } = await parenchyma(folder.path, 'train', project, ...once, '--folds', '2');
    expect(code).toBe(0);
    const finished = lines.at(-1) as unknown as Line;
    expect(finished.runs!.map(({ fold }) => fold)).toEqual([1, 2]);
    const store = openProjectStore(project);
    const validated = finished.runs!.flatMap(({ run }) =>
      store.runQueue.plan(run)!.images.flatMap(([image, , validates]) => (validates === 1 ? [image] : [])),
    );
    const outside = store.splits.dataset().flatMap(({ imageId, set }) => (set === 'test' ? [] : [imageId]));
    store.close();
    const sorted = (images: number[]) => [...images].sort((a, b) => a - b);
    expect(sorted(validated)).toEqual(sorted(outside));
    expect((await parenchyma(folder.path, 'findings', project)).lines).toEqual(before.lines);

    const again = await parenchyma(folder.path, 'train', project, '--resume', 'group-2');
    expect(again.lines.at(-1)).toEqual(lines.at(-1));
  });

  it('is reported before anybody evaluated it: with figures on validation, its group, and every image', async () => {
    const out = join(folder.path, 'report');
    const [run] = readdirSync(join(project, 'runs')).sort().slice(-1);
    const { code, lines } = await parenchyma(
      folder.path,
      ...['report', project, '--run', run!, '--out', out, '--formats', 'json'],
    );
    expect(code).toBe(0);
    const [file] = lines[0]!.files as [{ path: string }];
    const report = reportModelSchema.parse(JSON.parse(readFileSync(file.path, 'utf8')));
    expect(report.runs[0]).toMatchObject({ validation: { set: 'validation' }, test: null });
    expect(report.repeats.map(({ kind, runs }) => [kind, runs.some((member) => member.run === run)])).toEqual([
      ['folds', true],
    ]);
    expect(report.images).toHaveLength(report.data.flow.images);
    for (const { set, images } of report.data.flow.sets) {
      expect(report.images.filter((image) => image.set === set)).toHaveLength(images);
    }
  });
});

describe('range-test', () => {
  it('gives the smoothed losses over growing rates, and a suggestion or the reason why there is none', async () => {
    const { code, lines } = await parenchyma(folder.path, 'range-test', project, ...quick.slice(0, 10));
    expect(code).toBe(0);
    const [result] = lines as [{ points: { learningRate: number; loss: number }[]; suggestion: number | null }];
    expect(result.points.length).toBeGreaterThan(20);
    expect(result.points[0]!.learningRate).toBeCloseTo(1e-7, 12);
    const rates = result.points.map((point) => point.learningRate);
    expect([...rates].sort((a, b) => a - b)).toEqual(rates);
    expect(result.suggestion).toBeGreaterThan(1e-7);
    expect(result.suggestion).toBeLessThan(0.1);
  });
});
