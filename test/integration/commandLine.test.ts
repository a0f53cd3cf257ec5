import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';

import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import sharp from 'sharp';
import { auditDocumentSchema } from '../../src-shared/contract/audit.ts';
import { metricsDocumentSchema } from '../../src-shared/contract/metrics.ts';
import { studyDocumentSchema } from '../../src-shared/contract/studies.ts';
import { jsonLines, parenchyma, quickTraining, startParenchyma, temporaryFolder } from '../helpers/commandLine.ts';

const folder = temporaryFolder('cli');
afterAll(() => folder.remove());
const at = (...names: string[]) => join(folder.path, ...names);
const run = (...args: string[]) => parenchyma(folder.path, ...args);

const study = at('study');
const project = at('chest.parenchyma');

const hashes = (directory: string) =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .sort()
    .filter((name) => statSync(join(directory, name)).isFile())
    .map(
      (name) =>
        `${name} ${createHash('sha256')
          .update(readFileSync(join(directory, name)))
          .digest('hex')}`,
    );

describe('the main job by command line', () => {
  let before: string[];

  beforeAll(async () => {
    const sample = await run('sample', study, '--patients', '16', '--slices', '3');
    expect(sample.code).toBe(0);
    expect(sample.lines[0]).toMatchObject({ patients: { positive: 8, negative: 8 }, files: 48 });
    before = hashes(study);
    expect((await run('create', project)).code).toBe(0);
    const positive = await run('import', project, join(study, 'positive'), '--label', 'Ground glass');
    expect(positive.lines[0]).toMatchObject({ imported: 24, duplicates: 0, rejected: [], images: 24, patients: 8 });
    const negative = await run('import', project, join(study, 'negative'), '--label', 'No ground glass');
    expect(negative.lines[0]).toMatchObject({ imported: 24, images: 48, patients: 16 });
  });

  it('imports again without doing anything twice', async () => {
    const again = await run('import', project, join(study, 'positive'), '--label', 'Ground glass');
    expect(again).toMatchObject({ code: 0 });
    expect(again.lines[0]).toMatchObject({ imported: 0, images: 48, patients: 16 });
  });

  it('splits by patient, trains, evaluates, predicts and reports; the originals stay as they were', async () => {
    const split = await run('split', project, '--ratio', '50/25/25', '--seed', '3');
    expect(split.code).toBe(0);
    expect(split.lines[0]).toMatchObject({
      leakage: [],
      sets: [
        { set: 'training', patients: 8 },
        { set: 'validation', patients: 4 },
        { set: 'test', patients: 4 },
      ],
    });

    const trained = await run('train', project, ...quickTraining);
    expect(trained.code, trained.stderr).toBe(0);
    expect(trained.lines.map((line) => line.event)).toEqual(['started', 'epoch', 'epoch', 'finished']);
    expect(trained.lines[1]).toMatchObject({
      epoch: 1,
      training: { loss: expect.any(Number) },
      validation: { accuracy: expect.any(Number) },
    });
    const finished = trained.lines.at(-1)!;
    expect(finished).toMatchObject({
      run: 'run-1',
      best: { epoch: expect.any(Number), validation: { accuracy: expect.any(Number) } },
    });

    const validation = await run('evaluate', project, '--run', 'run-1', '--set', 'validation');
    const document = metricsDocumentSchema.parse(validation.lines[0]);
    expect(document).toMatchObject({
      set: 'validation',
      positiveClass: 'Ground glass',
      n: { images: 12, patients: 4, positive: 6, negative: 6 },
    });
    expect(document.operatingPoint).toMatchObject({ rule: 'youden', chosenOn: 'validation' });

    const test = await run('evaluate', project, '--run', 'run-1', '--set', 'test', '--opened-by', 'Dr Test');
    expect(metricsDocumentSchema.parse(test.lines[0]).operatingPoint).toEqual(document.operatingPoint);

    const predicted = await run(
      'predict',
      project,
      '--run',
      'run-1',
      join(study, 'README.txt'),
      firstSlice(),
      '--csv',
      at('predictions.csv'),
    );
    expect(predicted.lines[0]).toMatchObject({
      predictions: [{ probability: expect.any(Number), patient: 'New 1', warnings: [] }],
      patients: [{ patient: 'New 1', images: 1 }],
      aggregation: 'mean',
      threshold: document.operatingPoint.threshold,
      rejected: [{ path: join(study, 'README.txt') }],
    });
    const table = readFileSync(at('predictions.csv'), 'utf8');
    expect(table.trim().split('\n')).toHaveLength(2);
    expect(table).not.toContain(study);
    expect(table).not.toContain('SYN-0');
    expect(table).toContain('Not a medical device');

    // A folder, with a picture that is unlike everything the run was trained on.
    const unlike = join(folder.path, 'unlike.png');
    await sharp({ create: { width: 40, height: 40, channels: 3, background: '#ffffff' } })
      .png()
      .toFile(unlike);
    const whole = await run(
      'predict',
      project,
      join(study, 'positive'),
      unlike,
      '--run',
      'run-1',
      '--csv',
      at('all.csv'),
      '--with-names',
    );
    const studies = studyDocumentSchema.parse(whole.lines[0]);
    expect(studies.predictions).toHaveLength(25);
    expect(studies.patients.map((one) => one.images)).toEqual([3, 3, 3, 3, 3, 3, 3, 3, 1]);
    const [first] = studies.patients;
    const own = studies.predictions.filter((one) => one.patient === first!.patient).map((one) => one.probability);
    expect(first!.probability).toBeCloseTo(own.reduce((sum, one) => sum + one, 0) / own.length, 9);
    expect(studies.predictions.at(-1)!.warnings.map((warning) => warning.split(/[ :]/)[0])).toEqual([
      'No',
      'File',
      'Size',
      'Gray',
    ]);
    expect(readFileSync(at('all.csv'), 'utf8')).toContain(unlike);
    expect(readdirSync(join(project, 'cache', 'studies'))).toEqual([]);

    const audit = await run('audit', project, '--run', 'run-1', '--images', '6');
    expect(audit.code, audit.stderr).toBe(0);
    const audited = auditDocumentSchema.parse(audit.lines[0]);
    expect(audited).toMatchObject({
      run: 'run-1',
      set: 'validation',
      images: 12,
      patients: 4,
      attention: { images: 6 },
    });
    expect(audited.attention!.outsideBody.images).toBeGreaterThan(0);
    expect(audited.attention!.outsideBody.area).toBeGreaterThan(0.1);
    expect(audited.findings.map((finding) => finding.message).join(' ')).toContain(
      'of the heat map lies outside the body',
    );

    const reviews = await run('reviews', project, '--run', 'run-1', '--csv', at('reviews.csv'));
    expect(reviews.lines[0]).toMatchObject({ agreement: { predictions: 12, readers: [] }, reviews: [] });
    expect(readFileSync(at('reviews.csv'), 'utf8')).toContain('verdict');

    const report = await run('report', project, '--run', 'run-1', '--out', at('report'));
    expect(report.code, report.stderr).toBe(0);
    const files = report.lines[0]!.files as { path: string; sha256: string; format: string }[];
    expect(files.map((file) => file.format).sort()).toEqual(['csv', 'html', 'json', 'pdf']);
    for (const file of files)
      expect(createHash('sha256').update(readFileSync(file.path)).digest('hex')).toBe(file.sha256);
    expect(readFileSync(files.find((file) => file.format === 'html')!.path, 'utf8')).not.toContain('SYN-0001');

    const formats = ['--formats', 'json,dicom-sr'];
    const structured = await run('report', project, '--run', 'run-1', '--out', at('structured'), ...formats);
    expect(structured.code, structured.stderr).toBe(0);
    const written = structured.lines[0]!.files as { path: string; format: string }[];
    const reports = written.filter((file) => file.format === 'dicom-sr').map((file) => readFileSync(file.path));
    expect(reports.length).toBeGreaterThan(0);
    for (const file of reports) {
      expect(file.toString('latin1', 128, 132)).toBe('DICM');
      expect(file.includes('1.2.840.10008.5.1.4.1.1.88.33')).toBe(true);
      expect(file.includes('SYN-')).toBe(false);
    }

    expect(hashes(study)).toEqual(before);
  }, 240_000);

  const firstSlice = () => join(study, 'positive', ...firstBelow(join(study, 'positive')));
  const firstBelow = (directory: string): string[] => {
    const [patient] = readdirSync(directory).sort();
    const [slice] = readdirSync(join(directory, patient!)).sort();
    return [patient!, slice!];
  };

  it('keeps what a run had when its compute process is killed in the middle of an epoch, and can train again', async () => {
    const child = startParenchyma(
      folder.path,
      'train',
      project,
      ...quickTraining.map((word) => (word === '2' ? '500' : word)),
    );
    let output = '';
    child.stdout!.on('data', (chunk: Buffer) => (output += chunk.toString()));
    await until(() => output.includes('"event":"epoch"'));
    for (const id of descendants(child.pid!)) if (commandOf(id).includes('compute')) process.kill(id, 'SIGKILL');
    const code = await new Promise((ended) => child.on('exit', ended));
    expect(code).toBe(1);
    const last = jsonLines(output).at(-1)!;
    expect(last).toMatchObject({
      event: 'failed',
      error: { code: 'OUT_OF_MEMORY', remedy: expect.stringContaining('--retry-smaller-batch') },
    });
    const again = await run('train', project, ...quickTraining);
    expect(again.lines.at(-1)).toMatchObject({ event: 'finished', run: 'run-3' });
  }, 240_000);

  it('ends in order on Ctrl-C and keeps the best epoch', async () => {
    const child = startParenchyma(
      folder.path,
      'train',
      project,
      ...quickTraining.map((word) => (word === '2' ? '500' : word)),
    );
    let output = '';
    child.stdout!.on('data', (chunk: Buffer) => (output += chunk.toString()));
    await until(() => output.includes('"event":"epoch"'));
    child.kill('SIGINT');
    expect(await new Promise((ended) => child.on('exit', ended))).toBe(1);
    expect(jsonLines(output).at(-1)).toMatchObject({
      event: 'finished',
      outcome: 'cancelled',
      best: { epoch: expect.any(Number) },
    });
    expect(existsSync(join(project, 'runs', 'run-4', 'model.safetensors'))).toBe(true);
  }, 240_000);
});

async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 120_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error('What was waited for did not come.');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function descendants(parent: number): number[] {
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((row) => row.trim().split(/\s+/).map(Number));
  const children = rows.filter(([, owner]) => owner === parent).map(([id]) => id!);
  return children.flatMap((id) => [id, ...descendants(id)]);
}

function commandOf(id: number): string {
  return readFileSync(`/proc/${id}/cmdline`, 'utf8').replaceAll('\0', ' ');
}
