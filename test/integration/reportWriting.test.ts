/** How reports are written: in a thread, cancelled, into a folder that cannot be written. */

import { chmod, mkdtemp, readFile, readdir } from 'node:fs/promises';

import { join } from 'node:path';

import { expect, it } from 'vitest';

import { buildReport } from '../../src-main/report/buildReport.ts';
import { createReportThread, readReportFacts } from '../../src-main/report/index.ts';

import { writeReport } from '../../src-main/report/writeReport.ts';

import type { JobContext } from '../../src-shared/contract/progress.ts';

import { madeReportSource } from '../helpers/reportSource.ts';

import { about, context, folder } from '../helpers/writtenReport.ts';

it('stops when cancelled and leaves only whole files', async () => {
  const controller = new AbortController();
  const directory = join(folder, 'cancelled');
  const job = context(controller.signal);
  const cancelling: JobContext = {
    signal: controller.signal,
    report(progress) {
      job.report(progress);
      if (progress.done === 1) controller.abort();
    },
  };
  const model = buildReport(madeReportSource({ patients: 4 }), { ...about, runs: ['run-1'] });
  await expect(writeReport(model, { directory, formats: ['json', 'csv', 'html'] }, cancelling)).rejects.toMatchObject({
    code: 'CANCELLED',
    kept: '1 finished files remain.',
  });
  expect(await readdir(directory)).toHaveLength(1);
});

it('is built and written in a thread of its own, in which a cancel is heard', async () => {
  const source = madeReportSource({ runs: 2, patients: 12 });
  const task = (name: string) => ({
    facts: readReportFacts(source, about.runs),
    about,
    directory: join(folder, name),
    formats: ['pdf', 'html', 'csv', 'json'] as const,
    pictures: {},
  });
  const job = context();
  const files = await createReportThread().write(task('thread'), job);
  expect(files.map((file) => file.format)).toEqual(['pdf', 'html', 'csv', 'csv', 'json']);
  expect(job.reported.length).toBeGreaterThan(3);
  const json = await readFile(files.find((file) => file.format === 'json')!.path, 'utf8');
  expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(buildReport(source, about))));

  const controller = new AbortController();
  const cancelling = {
    signal: controller.signal,
    report: (progress: { done: number }) => void (progress.done >= 1 && controller.abort()),
  };
  await expect(createReportThread().write(task('thread cancelled'), cancelling)).rejects.toMatchObject({
    code: 'CANCELLED',
  });
  const left = await readdir(join(folder, 'thread cancelled'));
  expect(left.some((name) => name.endsWith('.tmp'))).toBe(false);
  expect(left.length).toBeLessThan(5);
});

const isRoot = process.getuid?.() === 0;
it.skipIf(process.platform === 'win32')('says so where the folder cannot be written into', async () => {
  const model = buildReport(madeReportSource({ patients: 4 }), { ...about, runs: ['run-1'] });
  const locked = await mkdtemp(join(folder, 'locked-'));
  await chmod(locked, 0o500);
  // Root may write anywhere; a path below a device cannot be made by anybody.
  const directory = isRoot ? '/dev/null/reports' : join(locked, 'reports');
  await expect(writeReport(model, { directory, formats: ['json'] }, context())).rejects.toMatchObject({
    code: 'PATH_NOT_WRITABLE',
    kept: 'Nothing was written.',
  });
});
