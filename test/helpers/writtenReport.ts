/** Reports written into a folder that goes away with the tests, and their text. */
import { execFileSync } from 'node:child_process';

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll } from 'vitest';

import { writeReport } from '../../src-main/report/writeReport.ts';
import type { ReportModel } from '../../src-main/report/index.ts';
import type { JobContext, Progress } from '../../src-shared/contract/progress.ts';
import type { ReportFile } from '../../src-shared/contract/report.ts';

export const formats = ['pdf', 'html', 'csv', 'json'] as const;
export const about = { runs: ['run-1', 'run-2'], author: 'A. Reader', createdAt: '2026-03-03T12:00:00Z' };

function hasPdfToText(): boolean {
  try {
    execFileSync('pdftotext', ['-v'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
export const pdfToText = hasPdfToText();

export let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parenchyma-report-'));
});
afterAll(() => rm(folder, { recursive: true }));

export function context(signal = new AbortController().signal): JobContext & { reported: Omit<Progress, 'job'>[] } {
  const reported: Omit<Progress, 'job'>[] = [];
  return { reported, signal, report: (progress) => void reported.push(progress) };
}

export async function write(
  model: ReportModel,
  name: string,
): Promise<{ files: ReportFile[]; text(format: string): Promise<string> }> {
  const directory = join(folder, name);
  const files = await writeReport(model, { directory, formats }, context());
  const text = async (format: string): Promise<string> => {
    const parts = files.filter((file) => file.format === format);
    if (format === 'pdf') return execFileSync('pdftotext', ['-layout', parts[0]!.path, '-'], { encoding: 'utf8' });
    return (await Promise.all(parts.map((file) => readFile(file.path, 'utf8')))).join('\n');
  };
  return { files, text };
}
