import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import dicomParser from 'dicom-parser';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeSampleStudy } from '../../assets/sample/index.ts';
import type { JobContext } from '../../src-shared/contract/progress.ts';

const never = new AbortController().signal;
const silent: JobContext = { report: () => undefined, signal: never };
const small = { seed: 7, patients: 4, slices: 3 };

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'parenchyma-sample-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}

async function digest(folder: string): Promise<string> {
  const hash = createHash('sha256');
  for (const file of await filesBelow(folder)) hash.update(file).update(await readFile(path.join(folder, file)));
  return hash.digest('hex');
}

describe('sample study', () => {
  it('writes two classes of patients as DICOM series and says that they are synthetic', async () => {
    const study = await writeSampleStudy(directory, { ...small, context: silent });
    expect(study).toMatchObject({ files: 12, patients: { positive: 2, negative: 2 }, written: true });
    const files = await filesBelow(directory);
    expect(files.filter((file) => file.endsWith('.dcm'))).toHaveLength(12);
    expect(files.every((file) => /^(README\.txt|(positive|negative)\/SYN-\d{4}\/IM\d{4}\.dcm)$/.test(file))).toBe(true);
    expect(await readFile(path.join(directory, 'README.txt'), 'utf8')).toMatch(
      /SYNTHETIC[\s\S]*useless for any clinical claim/,
    );
  });

  it('gives the same bytes for the same seed and others for another', async () => {
    const folders = ['one', 'two', 'other'].map((name) => path.join(directory, name));
    for (const [index, seed] of [7, 7, 8].entries()) {
      await writeSampleStudy(folders[index]!, { ...small, seed, context: silent });
    }
    const digests = await Promise.all(folders.map((folder) => digest(folder)));
    expect(digests[0]).toBe(digests[1]);
    expect(digests[0]).not.toBe(digests[2]);
  });

  it('has the geometry, the rescaling and the CT numbers of a chest CT', async () => {
    const { folders } = await writeSampleStudy(directory, { ...small, context: silent });
    const patient = (await readdir(folders.negative))[0]!;
    const instances = new Set<string>();
    const positions: number[] = [];
    for (const name of (await readdir(path.join(folders.negative, patient))).sort()) {
      const bytes = await readFile(path.join(folders.negative, patient, name));
      const dataSet = dicomParser.parseDicom(bytes);
      instances.add(dataSet.string('x00080018') ?? '');
      positions.push(dataSet.floatString('x00200032', 2) ?? NaN);
      expect(dataSet.string('x00100020')).toBe(patient);
      expect(dataSet.string('x0008001c')).toBe('YES');
      const element = dataSet.elements.x7fe00010!;
      const pixels = new Uint16Array(
        bytes.buffer.slice(
          bytes.byteOffset + element.dataOffset,
          bytes.byteOffset + element.dataOffset + element.length,
        ),
      );
      expect(pixels).toHaveLength(256 * 256);
      const hu = Array.from(pixels, (stored) => stored + (dataSet.floatString('x00281052') ?? 0));
      const share = (low: number, high: number) =>
        hu.filter((value) => value >= low && value < high).length / hu.length;
      expect(share(-960, -700), 'aerated lung').toBeGreaterThan(0.08);
      expect(share(-150, -50), 'fat').toBeGreaterThan(0.02);
      expect(share(0, 100), 'soft tissue').toBeGreaterThan(0.05);
      expect(share(300, 1500), 'bone').toBeGreaterThan(0.002);
      expect(share(-1024, -960), 'air').toBeGreaterThan(0.25);
    }
    expect(instances.size).toBe(3);
    expect(positions[1]! - positions[0]!).toBeCloseTo(positions[2]! - positions[1]!, 6);
    expect(positions[1]!).toBeLessThan(positions[0]!);
  });

  it('leaves a complete study alone and writes an interrupted one afresh', async () => {
    const cancel = new AbortController();
    const interrupted: JobContext = {
      signal: cancel.signal,
      report: ({ done }) => void (done === 5 && cancel.abort()),
    };
    await expect(writeSampleStudy(directory, { ...small, context: interrupted })).rejects.toThrow();
    expect(await readFile(path.join(directory, 'README.txt'), 'utf8')).toContain('Incomplete');
    expect((await writeSampleStudy(directory, { ...small, context: silent })).written).toBe(true);
    expect((await writeSampleStudy(directory, { ...small, context: silent })).written).toBe(false);
    // Fewer patients: those of the earlier study are gone.
    await writeSampleStudy(directory, { ...small, patients: 2, context: silent });
    expect((await filesBelow(directory)).filter((file) => file.endsWith('.dcm'))).toHaveLength(6);
  });

  it('refuses a folder that holds something else and touches nothing in it', async () => {
    await mkdir(path.join(directory, 'positive'));
    await writeFile(path.join(directory, 'positive', 'mine.dcm'), 'mine');
    await expect(writeSampleStudy(directory, { ...small, context: silent })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
    expect(await filesBelow(directory)).toEqual(['positive/mine.dcm']);
  });

  it('says that a file stands where the folder should be', async () => {
    const file = path.join(directory, 'file');
    await writeFile(file, '');
    await expect(writeSampleStudy(file, { ...small, context: silent })).rejects.toMatchObject({
      code: 'PATH_NOT_WRITABLE',
    });
  });

  it.each([{ patients: 1 }, { patients: 2.5 }, { slices: 1 }, { slices: 1000 }])('refuses %o', async (wrong) => {
    await expect(writeSampleStudy(directory, { ...small, ...wrong, context: silent })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
  });
});
