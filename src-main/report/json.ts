import type { ReportModel } from './model.ts';

/** The whole report model with all metrics documents, indented. */
export function reportJson(model: ReportModel): string {
  return `${JSON.stringify(model, null, 1)}\n`;
}
