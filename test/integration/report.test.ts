/** The whole report from a made-up study: what it says, and that its tables give its figures again. */

import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';

import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { metricsFromCsv, multiclassMetrics } from '../../src-main/evaluation/index.ts';
import { buildReport } from '../../src-main/report/buildReport.ts';

import { reportModelSchema } from '../../src-main/report/model.ts';
import { writeReport } from '../../src-main/report/writeReport.ts';

import { formatInterval, formatNumber } from '../../src-shared/domain/format.ts';
import { madeReportSource } from '../helpers/reportSource.ts';

import { about, context, folder, pdfToText, write } from '../helpers/writtenReport.ts';

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

it('gives all figures of each of several classes', async () => {
  const source = madeReportSource({ patients: 12 });
  const multiclass = multiclassMetrics(
    {
      classes: ['COVID', 'NonCOVID', 'Normal'],
      labels: Uint16Array.of(0, 0, 0, 1, 1, 2, 2, 2),
      probabilities: [
        Float64Array.of(0.7, 0.2, 0.5, 0.1, 0.4, 0.1, 0.6, 0.2),
        Float64Array.of(0.2, 0.5, 0.3, 0.8, 0.3, 0.2, 0.1, 0.3),
        Float64Array.of(0.1, 0.3, 0.2, 0.1, 0.3, 0.7, 0.3, 0.5),
      ],
      patients: null,
    },
    { set: 'validation' },
  );
  const withClasses = (id: string) => {
    const run = source.run(id)!;
    return { ...run, test: null, validation: { ...run.validation!, multiclass } };
  };
  const model = buildReport({ ...source, run: withClasses }, { ...about, runs: ['run-1'] });
  const html = await (await write(model, 'three classes')).text('html');
  for (const one of multiclass.perClass) {
    for (const figure of ['sensitivity', 'specificity', 'ppv', 'npv', 'accuracy'] as const) {
      expect(html).toContain(formatInterval(one[figure]));
    }
    expect(html).toContain(formatNumber(one.f1, 3));
    expect(html).toContain(formatNumber(one.averagePrecision, 3));
  }
  expect(html).toContain(`average precision ${formatNumber(multiclass.macro.averagePrecision)}`);
});

it('says whether the operating point is frozen, and which group of repeats a run belongs to', async () => {
  const source = madeReportSource({ patients: 12 });
  const validation = { loss: 0.5, accuracy: 0.75, auc: 0.8125, sensitivity: 0.7, specificity: 0.8 };
  const spread = (mean: number) => ({ n: 2, mean, deviation: 0.0625, low: mean - 0.05, high: mean + 0.05 });
  const repeats = () => [
    {
      number: 3,
      kind: 'folds' as const,
      runs: [1, 2].map((fold) => ({ run: `run-${fold}`, seed: 1, fold, state: 'finished' as const, validation })),
      figures: {
        accuracy: spread(0.75),
        auc: spread(0.8125),
        sensitivity: spread(0.7),
        specificity: spread(0.8),
        loss: spread(0.5),
      },
    },
  ];
  const model = buildReport(
    { ...source, repeats, run: (id) => ({ ...source.run(id)!, test: null }), frozenPoints: () => [] },
    { ...about, runs: ['run-1'] },
  );
  const html = await (await write(model, 'fold')).text('html');
  expect(html).toContain('chosen on validation, not frozen yet');
  expect(html).not.toContain('and frozen');
  expect(html).toContain('Group 3: one configuration over folds');
  expect(html).toMatch(/Mean[\s\S]{0,200}0\.750[\s\S]{0,200}0\.813/);
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

if (!pdfToText)
  console.warn('Skipped: the text of the PDF is not checked, because pdftotext (poppler) is not installed.');
