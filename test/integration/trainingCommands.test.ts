/** `train` killed without warning and gone on with, and `range-test`, as commands. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
