/**
 * `npm run bench -- library [--json] [--files N] [--rounds N] [--python PATH]`: files per second of an import (the whole command, start of
 * the process included) beside pydicom reading header and pixels of the same files in one process (its start not included), in turn; and the
 * time from a click on a series of 1,000 slices to the pixels of its first picture, cold (project just opened) and warm. pydicom is installed
 * by pip into a throw-away environment unless `--python` names one that has it.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { firstPicture } from './library/firstPicture.ts';
import { writeSlices } from './library/slices.ts';

const readerSchema = z.object({ files: z.number(), seconds: z.number() });
const importSchema = z.object({ imported: z.number() });
const commandLine = join(import.meta.dirname, '../bin/parenchyma.mjs');

export default async function library(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      json: { type: 'boolean', default: false },
      files: { type: 'string', default: '10000' },
      rounds: { type: 'string', default: '3' },
      python: { type: 'string', default: process.env.PARENCHYMA_PYDICOM_PYTHON },
    },
  });
  const count = Number(values.files);
  const folder = mkdtempSync(join(tmpdir(), 'parenchyma-library-'));
  try {
    const python = values.python ?? installPydicom(join(folder, 'python'));
    console.error(`Writing ${count} slices (${((count * 0.53) / 1024).toFixed(1)} GB) below ${folder}`);
    writeSlices(join(folder, 'slices'), count);
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let round = 0; round < Number(values.rounds); round++) {
      ours.push(count / importSeconds(folder, round, count));
      theirs.push(count / readerSeconds(python, join(folder, 'slices')));
      console.error(`round ${round + 1}: ${ours.at(-1)!.toFixed(0)} and ${theirs.at(-1)!.toFixed(0)} files/s`);
    }
    const pictures = await firstPicture(join(folder, 'project 0.parenchyma'));
    const filesPerSecond = { parenchyma: median(ours), pydicom: median(theirs) };
    const ratio = filesPerSecond.parenchyma / filesPerSecond.pydicom;
    console.log(`import                ${filesPerSecond.parenchyma.toFixed(0).padStart(6)} files/s`);
    console.log(`pydicom, one process  ${filesPerSecond.pydicom.toFixed(0).padStart(6)} files/s`);
    console.log(`ratio                 ${ratio.toFixed(2).padStart(6)}`);
    console.log(
      `first picture of a series of ${pictures.slices}: cold ${pictures.coldMilliseconds.toFixed(0)} ms, warm ${pictures.warmMilliseconds.toFixed(0)} ms`,
    );
    if (values.json) console.log(JSON.stringify({ files: count, filesPerSecond, ratio, firstPicture: pictures }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A new project each time; the settings of the user stay out of it. */
function importSeconds(folder: string, round: number, count: number): number {
  const environment = { ...process.env, PARENCHYMA_CONFIG: join(folder, 'config'), PARENCHYMA_PROJECTS: folder };
  const run = (...words: string[]): string =>
    execFileSync(process.execPath, [commandLine, ...words, '--json'], {
      env: environment,
      maxBuffer: 2 ** 28,
    }).toString();
  const project = join(folder, `project ${round}`);
  run('create', project);
  const before = performance.now();
  const { imported } = importSchema.parse(JSON.parse(run('import', project, join(folder, 'slices'))));
  const seconds = (performance.now() - before) / 1000;
  if (imported !== count) throw new Error(`${imported} of ${count} files were imported.`);
  return seconds;
}

function readerSeconds(python: string, slices: string): number {
  const script = join(import.meta.dirname, 'library/pydicom_reader.py');
  return readerSchema.parse(JSON.parse(execFileSync(python, [script, slices]).toString())).seconds;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

function installPydicom(folder: string): string {
  console.error(`Installing pydicom with pip into ${folder}; --python PATH uses one that is there.`);
  const python = join(folder, 'bin/python');
  for (const [program, ...words] of [
    ['python3', '-m', 'venv', folder],
    [python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', 'pydicom==3.0.2', 'numpy'],
  ] as [string, ...string[]][]) {
    if (spawnSync(program, words, { stdio: ['ignore', 'ignore', 'inherit'] }).status !== 0)
      throw new Error('pydicom could not be installed with pip.');
  }
  return python;
}
