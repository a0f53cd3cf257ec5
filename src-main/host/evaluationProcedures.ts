import type { JobContext } from '../../src-shared/contract/progress.ts';
import type { ProcedureParts } from './procedures.ts';

/** Predictions, figures and operating points of a run. */
export function evaluationProcedures({ os, session, jobs, changed }: ProcedureParts) {
  return {
    start: os.evaluation.start.handler(({ input }) => {
      const target = session();
      const id = jobs.start(
        'evaluate',
        `Evaluating ${input.run.replace('-', ' ')} on ${input.set}`,
        async (context) => {
          await target.evaluate(input, context);
          changed('runs');
          return { kind: 'evaluate', run: input.run };
        },
      );
      return { job: id };
    }),
    document: os.evaluation.document.handler(({ input }) => session().evaluations.document(input.run, input.set)),
    predictions: os.evaluation.predictions.handler(({ input }) => session().evaluations.predictions(input)),
    openings: os.evaluation.openings.handler(() => session().evaluations.openings()),
    operatingPoint: os.evaluation.operatingPoint.handler(({ input }) => session().operatingPoint(input.run)),
    freeze: os.evaluation.freeze.handler(async ({ input, signal }) => {
      const document = await session().freeze(input, withoutReport(signal));
      changed('runs');
      return document;
    }),
    subgroups: os.evaluation.subgroups.handler(({ input, signal }) =>
      session().subgroups(input.run, input.set, withoutReport(signal)),
    ),
    patientLevel: os.evaluation.patientLevel.handler(({ input, signal }) =>
      session().patientLevel(input.run, input.set, input.aggregation, withoutReport(signal)),
    ),
    evaluated: os.evaluation.evaluated.handler(({ input }) => session().evaluations.evaluatedRuns(input.set)),
    compare: os.evaluation.compare.handler(({ input, signal }) => session().compare(input, withoutReport(signal))),
    pairs: os.evaluation.pairs.handler(({ input }) => session().pairs(input)),
  };
}

/** For work that ends with its call and has no progress to show: leaving the page stops it. */
function withoutReport(signal: AbortSignal | undefined): JobContext {
  return { signal: signal ?? new AbortController().signal, report: () => undefined };
}
