import { join } from 'node:path';
import type { z } from 'zod';
import { evaluateRequestSchema, type EvaluateRequest } from '../../src-shared/contract/evaluation.ts';
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import type { JobContext } from '../../src-shared/contract/progress.ts';
import type { RunGroup } from '../../src-shared/contract/runGroups.ts';
import type { SplitSummary } from '../../src-shared/contract/splits.ts';
import type { reportEntrySchema, reportRequestSchema } from '../../src-shared/contract/report.ts';
import { makeChosenFolder } from '../platform/files.ts';
import { softwareVersion } from '../platform/version.ts';
import { readReportFacts, type ReportThread, type RunPictures } from '../report/index.ts';
import type { ProjectStore } from '../store/index.ts';
import { createReportSource } from '../store/reportSource.ts';
import { searchOfRun, studyOfRuns } from './searchFacts.ts';

/** Reports as the shells call them, on one open project. A run without figures on validation is evaluated there first; the test set is never opened. */
export function reportOperations(
  path: string,
  store: ProjectStore,
  reports: ReportThread,
  currentSplit: () => SplitSummary | null,
  picturesOf: (run: string, context: JobContext) => Promise<RunPictures>,
  evaluate: (request: EvaluateRequest, context: JobContext) => Promise<unknown>,
  runGroups: () => RunGroup[],
) {
  /** Validation figures cost nothing but time; what cannot be had, as when a drive is gone, is said to be missing. */
  async function evaluateValidation(run: string, context: JobContext): Promise<void> {
    if (store.runs.card(run) === null || store.evaluations.document(run, 'validation') !== null) return;
    try {
      await evaluate(evaluateRequestSchema.parse({ run, set: 'validation' }), context);
    } catch (error) {
      if (context.signal.aborted || !(error instanceof ExpectedError)) throw error;
    }
  }

  return {
    async writeReport(
      request: z.infer<typeof reportRequestSchema>,
      context: JobContext,
    ): Promise<z.infer<typeof reportEntrySchema>> {
      const runs = [...new Set(request.runs)];
      const at = new Date().toISOString();
      const directory = request.directory ?? join(path, 'reports', at.replaceAll(':', '-').slice(0, 19));
      makeChosenFolder(directory, 'No report was written.');
      for (const run of runs) await evaluateValidation(run, context);
      const source = createReportSource(store, currentSplit, softwareVersion);
      const withSearches = {
        ...source,
        run(id: string) {
          const run = source.run(id);
          return run && { ...run, search: searchOfRun(store, id) };
        },
        study: (selected: readonly string[]) => studyOfRuns(store, selected),
        repeats: (reported: readonly string[]) =>
          runGroups()
            .filter((group) => group.runs.some(({ run }) => reported.includes(run)))
            .map(({ number, kind, runs: members, figures }) => ({ number, kind, runs: members, figures })),
      };
      const facts = readReportFacts(withSearches, runs);
      const pictures: Record<string, RunPictures> = {};
      if (request.formats.includes('pdf') || request.formats.includes('html')) {
        for (const run of runs) pictures[run] = await picturesOf(run, context);
      }
      const about = { runs, author: request.author, createdAt: at };
      const files = await reports.write({ facts, about, directory, formats: request.formats, pictures }, context);
      return store.reports.add(at, runs, files);
    },
  };
}
