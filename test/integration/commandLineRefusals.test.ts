/** What the command line says to input and options that are wrong. */

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { parenchyma, quickTraining, temporaryFolder } from '../helpers/commandLine.ts';

const folder = temporaryFolder('cli');
afterAll(() => folder.remove());
const at = (...names: string[]) => join(folder.path, ...names);
const run = (...args: string[]) => parenchyma(folder.path, ...args);

const study = at('study');
const project = at('chest.parenchyma');

describe('bad input gets a clear refusal', () => {
  const other = at('other.parenchyma');
  beforeAll(async () => {
    await run('sample', study, '--patients', '4', '--slices', '2');
    await run('create', other);
    await run('create', project);
    await run('import', project, join(study, 'positive'), '--label', 'Ground glass');
    await run('import', project, join(study, 'negative'), '--label', 'No ground glass');
    expect((await run('split', project, '--ratio', '50/50/0')).code).toBe(0);
  });

  const refusal = async (...args: string[]) => {
    const result = await run(...args);
    const failed = result.lines.find((line) => line.event === 'failed') as
      { error?: { code: string; message: string } } | undefined;
    expect(result.stderr).not.toMatch(/\n\s+at /);
    return { exit: result.code, code: failed?.error?.code, message: failed?.error?.message };
  };

  it.skipIf(process.platform === 'win32')('a named pipe, which nobody writes to', async () => {
    for (const name of ['pipe.png', 'pipe.pth']) {
      execFileSync('mkfifo', [at(name)]);
      const { code, lines } = await run('inspect', at(name));
      expect(code).toBe(3);
      expect(lines).toMatchObject([{ rejected: { code: 'UNREADABLE' } }]);
    }
  });

  it('no image whose name is that of weights', async () => {
    const fixtures = join(import.meta.dirname, '../fixtures');
    cpSync(join(fixtures, 'dicom/j2k-u12.dcm'), at('image.bin'));
    cpSync(join(fixtures, 'pictures/rgb8.png'), at('picture.pth'));
    cpSync(join(fixtures, 'weights/zip.pth'), at('weights.png'));
    const { code, lines } = await run('inspect', at('image.bin'), at('picture.pth'), at('weights.png'));
    expect(code).toBe(0);
    expect(lines.map(({ format }) => format)).toEqual(['dicom', 'png', 'torch-zip']);
  });

  it('a project, a class and a study that name nothing to work on', async () => {
    expect(await refusal('create', '')).toMatchObject({ exit: 3, code: 'INVALID_INPUT' });
    expect(await refusal('import', other, study, '--label', ' ')).toMatchObject({ exit: 2, code: 'INVALID_INPUT' });
    expect(await refusal('study', project, '--arch', 'vgg16')).toMatchObject({
      exit: 3,
      code: 'INVALID_INPUT',
      message: 'A study compares two networks at least.',
    });
  });

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
    expect(await refusal('train', other, ...quickTraining)).toMatchObject({ exit: 3 });
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
    expect(await refusal('train', project, ...quickTraining.slice(0, -1), at('junk.safetensors'))).toMatchObject({
      exit: 3,
      code: 'WEIGHTS_REFUSED',
    });
  });
});
