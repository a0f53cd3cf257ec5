/**
 * An import that is killed (SIGKILL) at random instants: the database stays sound, nothing that was said to be done is lost, and the next
 * import finishes the work without reading again what is there. 3 kills by default, 200 with PARENCHYMA_THOROUGH=1 (five minutes).
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openProjectStore } from '../../src-main/store/index.ts';
import { createRandom } from '../../src-shared/domain/random.ts';

const kills = process.env.PARENCHYMA_THOROUGH === '1' ? 200 : 3;
const files = 2000;
const program = join(import.meta.dirname, '../helpers/importingProcess.ts');

let folder: string;
let source: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'parenchyma-kill-'));
  source = join(folder, 'source');
  mkdirSync(source);
  const slice = readFileSync(join(import.meta.dirname, '../fixtures/dicom/native-explicit-i16.dcm'));
  const pixels = slice.length - 200;
  for (let index = 0; index < files; index++) {
    slice.writeUInt32LE(index, pixels);
    const path = join(source, `slice ${index}.dcm`);
    writeFileSync(path, slice);
    // Settled: a file written within the last two seconds would be read again by the next import.
    utimesSync(path, 1_600_000_000, 1_600_000_000 + index);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Outcome {
  /** Files that were said to be done before the end. */
  acknowledged: number;
  finished: boolean;
  /** From the first line to the end. */
  milliseconds: number;
}

/** When to kill: so many milliseconds after the import began, or after the first files were done. */
interface Instant {
  after: 'beginning' | 'first files';
  delay: number;
}

/** Runs an import, killed at an instant; null lets it finish. */
function runImport(project: string, instant: Instant | null): Promise<Outcome> {
  return new Promise((settle, fail) => {
    const child = spawn(process.execPath, [program, project, source], { stdio: ['ignore', 'pipe', 'inherit'] });
    const outcome: Outcome = { acknowledged: 0, finished: false, milliseconds: 0 };
    let began = 0;
    let rest = '';
    let armed = instant === null;
    child.stdout.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\n');
      rest = lines.pop()!;
      for (const line of lines) {
        began ||= performance.now();
        if (!armed && (instant!.after === 'beginning' || Number(line) > 0)) {
          armed = true;
          setTimeout(() => child.kill('SIGKILL'), instant!.delay);
        }
        if (line === 'finished') outcome.finished = true;
        if (/^\d+$/.test(line)) outcome.acknowledged = Number(line);
      }
    });
    child.on('error', fail);
    child.on('exit', () => settle({ ...outcome, milliseconds: performance.now() - began }));
  });
}

/** Milliseconds from the first line to the end. */
async function wholeImport(project: string): Promise<number> {
  const outcome = await runImport(project, null);
  expect(outcome.finished).toBe(true);
  return outcome.milliseconds;
}

function filesInDatabase(project: string): number {
  const database = new DatabaseSync(join(project, 'project.sqlite'));
  try {
    expect(database.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
    expect(database.prepare('PRAGMA foreign_key_check').all()).toEqual([]);
    expect(
      database.prepare('SELECT count(*) AS n FROM files WHERE id NOT IN (SELECT file_id FROM images)').get(),
    ).toEqual({
      n: 0,
    });
    return Number(database.prepare('SELECT count(*) AS n FROM files').get()?.n);
  } finally {
    database.close();
  }
}

function newProject(number: number): string {
  const project = join(folder, `${number}.parenchyma`);
  const store = openProjectStore(project);
  store.project.initialise('kill', '2026-01-01T00:00:00Z', '0');
  store.close();
  return project;
}

it(`survives ${kills} kills at random instants`, async () => {
  const random = createRandom(9);
  let project = newProject(0);
  // Instants are spread over the whole import; the first half of it goes into starting the decode workers.
  const duration = await wholeImport(newProject(1));
  const seen = { whileImporting: 0, beforeTheFirst: 0, afterTheLast: 0 };
  for (let kill = 0; kill < kills; kill++) {
    const before = filesInDatabase(project);
    const { acknowledged, finished } = await runImport(project, {
      after: kill % 2 === 0 ? 'beginning' : 'first files',
      delay: random.below(Math.ceil(kill % 2 === 0 ? duration : duration / 3)),
    });
    const after = filesInDatabase(project);
    expect(after, `kill ${kill}`).toBeGreaterThanOrEqual(Math.max(before, acknowledged));
    seen[finished ? 'afterTheLast' : after === before ? 'beforeTheFirst' : 'whileImporting']++;
    // Every few kills the work is finished, looked at, and begun anew.
    if (after === files || kill % 4 === 3) {
      expect(await runImport(project, null)).toMatchObject({ acknowledged: files, finished: true });
      expect(filesInDatabase(project)).toBe(files);
      rmSync(project, { recursive: true });
      project = newProject(kill + 2);
    }
  }
  console.log(`${kills} kills: ${JSON.stringify(seen)}`);
  expect(seen.whileImporting).toBeGreaterThan(0);
}, 3_600_000);
