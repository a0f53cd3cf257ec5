import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import type { JobContext } from '../../src-shared/contract/progress.ts';
import type { ReportFile, ReportFormat } from '../../src-shared/contract/report.ts';
import { makeFolder, writeFileAtomic } from '../platform/files.ts';
import { runCsv } from './csv.ts';
import type { FailurePictures } from './failurePictures.ts';
import { reportHtml } from './html.ts';
import { reportJson } from './json.ts';
import type { ReportModel } from './model.ts';
import { reportPdf } from './pdf.ts';
import { hasDicomImages, structuredReports } from './structuredReport/index.ts';

interface Output {
  format: ReportFormat;
  name: string;
  render(): string | Uint8Array | Promise<Uint8Array>;
}

/**
 * Writes the report in the formats asked for; CSV gives one file per run, DICOM SR one per run and study, and none where no image came
 * from DICOM. Each file is whole or not there. Names hold the time of the report, so that an earlier report is not overwritten.
 * Throws PATH_NOT_WRITABLE, CANCELLED, INVALID_INPUT where nothing could be written.
 */
export async function writeReport(
  model: ReportModel,
  target: { directory: string; formats: readonly ReportFormat[]; pictures?: FailurePictures },
  context: JobContext,
): Promise<ReportFile[]> {
  refuseNothing(model, target.formats);
  const outputs = target.formats.flatMap((format) => outputsOf(model, format, target.pictures ?? {}));
  const files: ReportFile[] = [];
  for (const [place, output] of outputs.entries()) {
    stopWhenCancelled(context, files);
    context.report({
      phase: 'report',
      done: place,
      total: outputs.length,
      rate: null,
      etaSeconds: null,
      message: `Writing ${output.name}`,
    });
    // A turn of the event loop, so that a cancel sent meanwhile is heard before the next drawing.
    await new Promise((resolve) => setImmediate(resolve));
    const rendered = await output.render();
    stopWhenCancelled(context, files);
    const bytes = typeof rendered === 'string' ? new TextEncoder().encode(rendered) : rendered;
    const path = join(target.directory, output.name);
    await save(target.directory, path, bytes, files);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    files.push({ path, format: output.format, bytes: bytes.length, sha256 });
  }
  context.report({
    phase: 'report',
    done: outputs.length,
    total: outputs.length,
    rate: null,
    etaSeconds: 0,
    message: `${outputs.length} files written`,
  });
  return files;
}

function outputsOf(model: ReportModel, format: ReportFormat, pictures: FailurePictures): Output[] {
  const stamp = model.createdAt.slice(0, 19).replaceAll(':', '').replace('T', '-');
  const base = `report-${stamp}`;
  switch (format) {
    case 'pdf':
      return [{ format, name: `${base}.pdf`, render: () => reportPdf(model, pictures) }];
    case 'html':
      return [{ format, name: `${base}.html`, render: () => reportHtml(model, pictures) }];
    case 'json':
      return [{ format, name: `${base}.json`, render: () => reportJson(model) }];
    case 'csv':
      return model.runs.map((run) => ({ format, name: `${base}-run-${run.number}.csv`, render: () => runCsv(run) }));
    case 'dicom-sr':
      return structuredReports(model).map(({ name, render }) => ({ format, name: `${base}-${name}`, render }));
  }
}

function refuseNothing(model: ReportModel, formats: readonly ReportFormat[]): void {
  if (formats.some((format) => format !== 'dicom-sr') || hasDicomImages(model)) return;
  throw new ExpectedError({
    code: 'INVALID_INPUT',
    message:
      'None of the evaluated images came from DICOM: there is no study that a structured report could belong to.',
    kept: 'Nothing was written.',
    remedy: 'Choose PDF, HTML, CSV or JSON.',
  });
}

function stopWhenCancelled(context: JobContext, files: readonly ReportFile[]): void {
  if (!context.signal.aborted) return;
  throw new ExpectedError({
    code: 'CANCELLED',
    message: 'The report was cancelled.',
    kept: files.length === 0 ? 'Nothing was written.' : `${files.length} finished files remain.`,
    remedy: 'Start the report again when you need it.',
  });
}

async function save(directory: string, path: string, bytes: Uint8Array, written: readonly ReportFile[]): Promise<void> {
  try {
    makeFolder(directory);
    await writeFileAtomic(path, bytes);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    const full = code === 'ENOSPC' || code === 'EDQUOT';
    throw new ExpectedError(
      {
        code: 'PATH_NOT_WRITABLE',
        message: full
          ? 'The disk is full: the report could not be written.'
          : `The report could not be written into ${directory} (${code}).`,
        kept: written.length === 0 ? 'Nothing was written.' : `${written.length} finished files remain.`,
        remedy: full
          ? 'Free some space and write it again.'
          : 'Choose another folder, or ask for the right to write there.',
      },
      { cause: error },
    );
  }
}
