/** What a report must never say, and names that are meant to do harm. */

import { expect, it } from 'vitest';
import { metricsFromCsv } from '../../src-main/evaluation/index.ts';
import { buildReport } from '../../src-main/report/buildReport.ts';

import { madeReportSource } from '../helpers/reportSource.ts';

import { about, pdfToText, write } from '../helpers/writtenReport.ts';

it('never lets a path, a name or a hospital identifier out, wherever they were planted', async () => {
  const source = madeReportSource();
  const finding = {
    id: 'same-file:validation:test',
    code: 'SAME_FILE_IN_TWO_SETS' as const,
    kind: 'leakage' as const,
    state: 'open' as const,
    message: 'DOE^JANE.dcm is in both',
    sets: ['validation' as const, 'test' as const],
    images: [1, 2],
    imageCount: 2,
    cases: { open: 1, accepted: 0, resolved: 0 },
    reasons: [],
  };
  const planted = {
    ...source,
    // What a careless store might hand over beyond the port: none of it may pass.
    data: () => ({ ...source.data(), findings: [finding], folder: '/data/DOE^JANE/CT_1', patientName: 'DOE^JANE' }),
    run: (id: string) => {
      const run = source.run(id);
      return (
        run && {
          ...run,
          failure: { code: 'COMPUTE_FAILED' as const, message: '/data/DOE^JANE/x.dcm', kept: '', remedy: '' },
          runDirectory: '/home/doe/project',
        }
      );
    },
    predictions: (id: string) =>
      source
        .predictions(id)
        .map((one) => ({ ...one, fileName: 'DOE^JANE.dcm', patientId: 'MRN-4711', path: '/data/DOE^JANE/x.dcm' })),
    split: () => {
      const split = source.split()!;
      return { ...split, leakage: [finding] };
    },
  };
  const report = await write(buildReport(planted, { ...about, runs: ['run-1'] }), 'planted');
  for (const format of ['html', 'csv', 'json', ...(pdfToText ? ['pdf'] : [])]) {
    const text = await report.text(format);
    for (const secret of ['DOE', 'JANE', 'Jane', 'MRN-4711', '/home/', '/data/', '.dcm', '.safetensors']) {
      expect(text, `${secret} in ${format}`).not.toContain(secret);
    }
  }
  expect(await report.text('html')).toContain(
    'The same file is in more than one set (validation, test): 2 images concerned.',
  );
});

it('makes hostile names harmless in every format', async () => {
  const positive = `=cmd|'/c calc'!A1`;
  const hostile = madeReportSource({
    projectName: `<script>alert(1)</script> & "x" \u0000 ${'W'.repeat(70)}`,
    positive,
    negative: '<img src=x onerror=alert(1)>',
    patients: 10,
  });
  const report = await write(
    buildReport(hostile, { ...about, runs: ['run-1'], author: '@SUM(1+1)"><svg onload=x>' }),
    'hostile',
  );
  const html = await report.text('html');
  expect(html).not.toMatch(/<script|<img|<svg onload/i);
  expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  const csv = await report.text('csv');
  for (const cell of csv.split(/\r\n|,/)) expect(cell).not.toMatch(/^"?[=+\-@]/);
  const again = await metricsFromCsv(report.files.find((file) => file.format === 'csv')!.path, { positive });
  expect(again.kind).toBe('metrics');
});
