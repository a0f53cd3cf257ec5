import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import sharp from 'sharp';
import { auditDocumentSchema } from '../../src-shared/contract/audit.ts';
import { metricsDocumentSchema } from '../../src-shared/contract/metrics.ts';
import { studyDocumentSchema } from '../../src-shared/contract/studies.ts';
import { jsonLines, parenchyma, startParenchyma, temporaryFolder } from '../helpers/commandLine.ts';

const folder = temporaryFolder('cli');
afterAll(() => folder.remove());
const at = (...names: string[]) => join(folder.path, ...names);
const run = (...args: string[]) => parenchyma(folder.path, ...args);

const study = at('study');
const project = at('chest.parenchyma');

/** The least training that still goes all the way. */
const quick = [
  '--arch',
  'vgg16',
  '--head',
  'compact',
  '--image-size',
  '32',
  '--epochs',
  '2',
  '--batch',
  '16',
  '--weights',
  'none',
];

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

    const trained = await run('train', project, ...quick);
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
    const child = startParenchyma(folder.path, 'train', project, ...quick.map((word) => (word === '2' ? '500' : word)));
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
    const again = await run('train', project, ...quick);
    expect(again.lines.at(-1)).toMatchObject({ event: 'finished', run: 'run-3' });
  }, 240_000);

  it('ends in order on Ctrl-C and keeps the best epoch', async () => {
    const child = startParenchyma(folder.path, 'train', project, ...quick.map((word) => (word === '2' ? '500' : word)));
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

describe('bad input gets a clear refusal', () => {
  const other = at('other.parenchyma');
  beforeAll(async () => void (await run('create', other)));

  const refusal = async (...args: string[]) => {
    const result = await run(...args);
    const failed = result.lines.find((line) => line.event === 'failed') as
      { error?: { code: string; message: string } } | undefined;
    expect(result.stderr).not.toMatch(/\n\s+at /);
    return { exit: result.code, code: failed?.error?.code, message: failed?.error?.message };
  };

  it('an empty folder', async () => {
    mkdirSync(at('empty'));
    expect(await refusal('import', other, at('empty'))).toMatchObject({ exit: 3, code: 'NOTHING_TO_IMPORT' });
  });

  it('a folder that is not there', async () => {
    const result = await run('import', other, at('nowhere'));
    expect(result.code).toBe(3);
  });

  it('a text file named .dcm and a truncated PNG are listed with their reasons', async () => {
    mkdirSync(at('bad'));
    writeFileSync(at('bad', 'note.dcm'), 'This is a text and not a DICOM file.\n'.repeat(20));
    const png = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
      'base64',
    );
    writeFileSync(at('bad', 'cut.png'), png.subarray(0, 45));
    const result = await run('import', other, at('bad'));
    expect(result.code).toBe(3);
    const rejected = result.lines[0]!.rejected as { path: string; reason: string }[];
    expect(rejected).toHaveLength(2);
    for (const one of rejected) expect(one.reason).not.toBe('');
  });

  it('one class only', async () => {
    const [patient] = readdirSync(join(study, 'positive')).sort();
    await run('import', other, join(study, 'positive', patient!), '--label', 'Ground glass');
    expect(await refusal('split', other)).toMatchObject({ exit: 3, code: 'ONE_CLASS_ONLY' });
    expect(await refusal('train', other, ...quick)).toMatchObject({ exit: 3 });
  });

  it('all images of one patient', async () => {
    const single = at('single.parenchyma');
    await run('create', single);
    const [patient] = readdirSync(join(study, 'positive')).sort();
    const slices = readdirSync(join(study, 'positive', patient!))
      .sort()
      .map((name) => join(study, 'positive', patient!, name));
    await run('import', single, slices[0]!, '--label', 'a');
    await run('import', single, slices[1]!, '--label', 'b');
    expect(await refusal('split', single)).toMatchObject({ exit: 3, code: 'TOO_FEW_PATIENTS' });
  });

  it('a project folder that cannot be written', async () => {
    writeFileSync(at('file'), 'a file where a folder should be');
    expect(await refusal('create', at('file', 'below'))).toMatchObject({ exit: 1, code: 'PATH_NOT_WRITABLE' });
  });

  it('a project made by a newer version', async () => {
    const newer = at('newer.parenchyma');
    cpSync(other, newer, { recursive: true });
    const database = new DatabaseSync(join(newer, 'project.sqlite'));
    database.exec('PRAGMA user_version = 9999');
    database.close();
    expect(await refusal('split', newer)).toMatchObject({ exit: 3, code: 'PROJECT_NEWER' });
  });

  it('a project that is not there, or there already', async () => {
    expect(await refusal('split', at('nothing'))).toMatchObject({ exit: 3, code: 'PROJECT_NOT_FOUND' });
    expect(await refusal('create', other)).toMatchObject({ exit: 3, code: 'PROJECT_EXISTS' });
  });

  it('a wrong option, a wrong command, a missing one', async () => {
    expect((await run('train', other, '--arch', 'resnet50')).code).toBe(2);
    expect((await run('train', other, '--arch', 'vgg16', '--epochs', 'many')).code).toBe(2);
    expect((await run('split', other, '--ratio', '50/50')).code).toBe(2);
    expect(await run('frobnicate')).toMatchObject({
      code: 2,
      lines: [{ event: 'failed', error: { message: "unknown command 'frobnicate'", kept: 'Nothing was changed.' } }],
    });
    expect((await run('evaluate', other)).code).toBe(2);
  });

  it('a port in use', async () => {
    const occupant = createServer();
    const port = await new Promise<number>((ready) =>
      occupant.listen(0, '127.0.0.1', () => ready((occupant.address() as { port: number }).port)),
    );
    expect(await refusal('serve', '--port', String(port))).toMatchObject({ exit: 1, code: 'BUSY' });
    occupant.close();
  });

  it('a weights file that is not there, and one that is no weights file', async () => {
    const { code } = await refusal('train', project, '--arch', 'vgg16', '--weights', at('missing.safetensors'));
    expect(code).toBeDefined();
    writeFileSync(at('junk.safetensors'), 'junk');
    expect(await refusal('train', project, ...quick.slice(0, -1), at('junk.safetensors'))).toMatchObject({
      exit: 3,
      code: 'WEIGHTS_REFUSED',
    });
  });
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
