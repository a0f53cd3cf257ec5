/** DICOM SR of a report: byte for byte what pydicom and highdicom read (scripts/oracles/structured_report.py), and what it must never say. */
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildReport } from '../../src-main/report/buildReport.ts';
import { writeReport } from '../../src-main/report/writeReport.ts';
import type { ReportFile } from '../../src-shared/contract/report.ts';
import { madeReportSource } from '../helpers/reportSource.ts';
import { structuredReportModel } from '../helpers/structuredReportModel.ts';
import oracle from '../fixtures/report/structured-report.json' with { type: 'json' };

const context = { signal: new AbortController().signal, report: () => undefined };
const model = structuredReportModel();
let directory: string;
let files: ReportFile[];
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'parenchyma-sr-'));
  files = await writeReport(model, { directory, formats: ['json', 'dicom-sr'] }, context);
});
afterAll(() => rm(directory, { recursive: true }));

describe('DICOM SR', () => {
  it('is one file per run and study, each as it was read by pydicom and highdicom', async () => {
    const written = files.filter((file) => file.format === 'dicom-sr');
    expect(written.map((file) => file.path.replace(/^.*-run/, 'run'))).toEqual(oracle.map((file) => file.name));
    for (const [place, file] of written.entries()) {
      // Another byte: let the oracle read the files again, and look at what it then says.
      expect(file.sha256).toBe(oracle[place]!.sha256);
      expect(
        createHash('sha256')
          .update(await readFile(file.path))
          .digest('hex'),
      ).toBe(file.sha256);
    }
  });

  it('holds the probability, threshold, decision and reference of each image, as the JSON does', () => {
    const rows = model.runs[0]!.predictions.filter((row) => row.dicom !== null);
    const groups = oracle.flatMap((file): { tracking: string }[] => file.groups);
    expect(groups).toHaveLength(rows.length);
    for (const row of rows) {
      expect(groups.find((group) => group.tracking === row.id)).toMatchObject({
        probability: row.probability,
        threshold: row.threshold,
        decision: row.decision,
        reference: row.label,
        instance: row.dicom!.instance,
        frame: row.dicom!.frame,
      });
    }
  });

  it('was found without error by dciodvfy and dsrdump, and shows pseudonyms only', () => {
    for (const file of oracle) {
      expect(file.errors).toEqual([]);
      expect(file.patient).toMatch(/^P\d{4}$/);
      expect(file.identityRemoved).toBe('YES');
      expect(file.dates).toEqual(['20260303']);
    }
  });

  it('is left out beside other formats, and refused alone, where no image came from DICOM', async () => {
    const pictures = buildReport(madeReportSource(), {
      runs: ['run-1'],
      author: '',
      createdAt: '2026-03-03T12:00:00Z',
    });
    const target = { directory: join(directory, 'pictures'), formats: ['csv', 'dicom-sr'] as const };
    expect((await writeReport(pictures, target, context)).map((file) => file.format)).toEqual(['csv']);
    await expect(writeReport(pictures, { ...target, formats: ['dicom-sr'] }, context)).rejects.toThrow(/from DICOM/);
  });
});
