/** The whole report from a made-up study: what it says, what it must never say, and that its tables give its figures again. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { metricsFromCsv } from '../../src-main/evaluation/index.ts';
import { buildReport } from '../../src-main/report/buildReport.ts';
import { createReportThread, readReportFacts } from '../../src-main/report/index.ts';
import { reportModelSchema } from '../../src-main/report/model.ts';
import { writeReport } from '../../src-main/report/writeReport.ts';
import type { ReportModel } from '../../src-main/report/index.ts';
import type { JobContext, Progress } from '../../src-shared/contract/progress.ts';
import type { ReportFile } from '../../src-shared/contract/report.ts';
import { formatInterval } from '../../src-shared/domain/format.ts';
import { madeReportSource } from '../helpers/reportSource.ts';

const formats = ['pdf', 'html', 'csv', 'json'] as const;
const about = { runs: ['run-1', 'run-2'], author: 'A. Reader', createdAt: '2026-03-03T12:00:00Z' };

function hasPdfToText(): boolean {
  try {
    execFileSync('pdftotext', ['-v'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
const pdfToText = hasPdfToText();

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parenchyma-report-'));
});
afterAll(() => rm(folder, { recursive: true }));

function context(signal = new AbortController().signal): JobContext & { reported: Omit<Progress, 'job'>[] } {
  const reported: Omit<Progress, 'job'>[] = [];
  return { reported, signal, report: (progress) => void reported.push(progress) };
}

async function write(
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

describe('a report of two runs', () => {
  const model = buildReport(madeReportSource({ runs: 2 }), about);
  let report: Awaited<ReturnType<typeof write>>;
  beforeAll(async () => {
    report = await write(model, 'two runs');
  });

  it('is one PDF, one HTML, one JSON and a CSV per run, with true sizes and hashes, and no other file is left', async () => {
    expect(report.files.map((file) => file.format)).toEqual(['pdf', 'html', 'csv', 'csv', 'json']);
    for (const file of report.files) {
      const bytes = await readFile(file.path);
      expect(file.bytes).toBe(bytes.length);
      expect(file.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    }
    expect(await readdir(join(folder, 'two runs'))).toHaveLength(5);
  });

  it.each(['html', ...(pdfToText ? ['pdf'] : [])])('shows every figure of both sets in %s', async (format) => {
    const text = await report.text(format);
    for (const run of model.runs) {
      for (const document of [run.validation, run.test]) {
        for (const figure of ['auc', 'sensitivity', 'specificity', 'ppv', 'npv', 'accuracy'] as const) {
          expect(text).toContain(formatInterval(document![figure]));
        }
        const { tp, fn } = document!.confusion;
        expect(text).toContain(`${tp}/${tp + fn}`);
      }
      expect(text).toContain(run.model.weightsSha256);
    }
    expect(text).toContain('CLAIM 2024');
    expect(text).toContain('The test set was opened once before this report.');
    expect(text).toContain('image-000360');
  });

  it.skipIf(!pdfToText)('carries the notice and a page number on every page of the PDF (needs pdftotext)', async () => {
    const pages = (await report.text('pdf')).split('\f').filter((page) => page.trim() !== '');
    expect(pages.length).toBeGreaterThan(8);
    for (const [place, page] of pages.entries()) {
      expect(page).toContain('For research use. Not a medical device.');
      expect(page).toContain(`Page ${place + 1} of ${pages.length}`);
      // A page of nothing but its margins is a layout mistake.
      expect(page.replaceAll(/\s+/g, ' ').length).toBeGreaterThan(150);
    }
  });

  it('is a tagged PDF with its language and title', async () => {
    const bytes = (await readFile(report.files[0]!.path)).toString('latin1');
    expect(bytes).toMatch(/\/MarkInfo|\/Marked true/);
    expect(bytes).toContain('/Lang (en)');
  });

  it('is an HTML file that runs and loads nothing', async () => {
    const html = await report.text('html');
    expect(html).toContain("default-src 'none'");
    expect(html).not.toMatch(/<script|<iframe|<link|<img|<object|<embed|javascript:|@import|\son\w+=/i);
    expect(
      html.replaceAll('http://www.w3.org/2000/svg', '').replaceAll('http://www.w3.org/1999/xlink', ''),
    ).not.toMatch(/https?:\/\//);
    expect(html.match(/<svg /g)!.length).toBe(2 * (2 + 8) + 2);
  });

  it('is JSON that parses by the schema of the report', async () => {
    expect(reportModelSchema.parse(JSON.parse(await report.text('json')))).toEqual(model);
  });

  it('gives every figure again from its CSV', async () => {
    const csvFiles = report.files.filter((file) => file.format === 'csv');
    for (const [place, run] of model.runs.entries()) {
      for (const set of ['validation', 'test'] as const) {
        const result = await metricsFromCsv(csvFiles[place]!.path, { positive: 'COVID', rule: 'youden', set });
        if (result.kind !== 'metrics') throw new Error(JSON.stringify(result));
        const { warnings: _notes, ...computed } = result.document;
        const { warnings: _warnings, ...printed } = run[set]!;
        expect(computed).toEqual(printed);
      }
    }
  });

  it('compares the runs on the same images by the paired tests', async () => {
    const [first, second] = report.files.filter((file) => file.format === 'csv');
    const result = await metricsFromCsv(first!.path, {
      against: [second!.path],
      positive: 'COVID',
      rule: 'youden',
      set: 'test',
    });
    if (result.kind !== 'comparison') throw new Error(JSON.stringify(result));
    expect(result.document.pairs).toEqual(model.comparison!.pairs);
  });
});

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

it('says that nothing was evaluated where nothing was', async () => {
  const source = madeReportSource();
  const bare = {
    ...source,
    run: (id: string) => {
      const run = source.run(id);
      return (
        run && {
          ...run,
          validation: null,
          test: null,
          epochs: [],
          best: null,
          card: null,
          backend: null,
          state: 'failed' as const,
        }
      );
    },
    predictions: () => [],
    split: () => null,
    openings: () => [],
  };
  const model = buildReport(bare, { ...about, runs: ['run-1'] });
  const html = await (await write(model, 'bare')).text('html');
  expect(html).toContain('No run of this report has been evaluated.');
  expect(html).toContain('The images are not split into sets.');
  expect(() => buildReport(source, { ...about, runs: ['run-9'] })).toThrow('There is no run run-9.');
});

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

it('shows the worst errors with their heat maps in PDF and HTML, and says why where there are none', async () => {
  const model = buildReport(madeReportSource({ runs: 2, patients: 12 }), about);
  const red = await sharp({ create: { width: 448, height: 224, channels: 3, background: '#f00' } })
    .png()
    .toBuffer();
  const picture = { id: 'image-000007', outcome: 'fn' as const, label: 'COVID', probability: 0.1 };
  const pictures = {
    [model.runs[0]!.id]: { pictures: [{ ...picture, png: red.toString('base64') }], problem: '' },
    [model.runs[1]!.id]: { pictures: [], problem: 'another computation is running.' },
  };
  const directory = join(folder, 'pictures');
  const files = await writeReport(model, { directory, formats: ['pdf', 'html', 'json'], pictures }, context());
  const html = await readFile(files.find((file) => file.format === 'html')!.path, 'utf8');
  expect(html).toContain(`href="data:image/png;base64,${red.toString('base64')}"`);
  expect(html).toContain('False negative: image-000007, label COVID, probability 0.100');
  expect(html).toContain('No heat maps: another computation is running.');
  expect(html).toMatch(/Content-Security-Policy[^>]*img-src data:/);
  const pdf = await readFile(files.find((file) => file.format === 'pdf')!.path, 'latin1');
  expect(pdf).toMatch(/\/Subtype\s*\/Image[\s\S]{0,200}\/Width 448/);
  expect(await readFile(files.find((file) => file.format === 'json')!.path, 'utf8')).not.toContain('base64');
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

if (!pdfToText)
  console.warn('Skipped: the text of the PDF is not checked, because pdftotext (poppler) is not installed.');
