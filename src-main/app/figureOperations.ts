import { ExpectedError } from '../../src-shared/contract/errors.ts';
import type {
  CompareRequest,
  FreezeRequest,
  OperatingPointState,
  PairedPrediction,
  PairRequest,
} from '../../src-shared/contract/evaluation.ts';
import type {
  Aggregation,
  ComparisonDocument,
  MetricsDocument,
  PatientLevel,
  Subgroup,
} from '../../src-shared/contract/metrics.ts';
import type { JobContext } from '../../src-shared/contract/progress.ts';
import { noMarks } from '../../src-shared/contract/predictionMarks.ts';
import { freezePoint, intervalOf, operatingPointState, type MetricsThread } from '../evaluation/index.ts';
import type { ProjectStore } from '../store/index.ts';

type JudgedSet = 'validation' | 'test';

/** Figures from stored predictions, computed in the metrics thread: nothing is predicted and no set is opened. */
export function figureOperations(store: ProjectStore, metrics: MetricsThread) {
  const { evaluations } = store;
  const documentOf = (run: string, set: JudgedSet): MetricsDocument => {
    const document = evaluations.document(run, set);
    if (document === null) throw notEvaluated(run, set);
    return document;
  };
  const tableOf = (run: string, set: JudgedSet, positiveClass: string) => {
    const { labels, probabilities, patients } = evaluations.table(run, set, positiveClass);
    return { labels, probabilities, patients };
  };
  const freezing = {
    ...evaluations,
    validationTable: (run: string, positiveClass: string) => tableOf(run, 'validation', positiveClass),
  };

  return {
    operatingPoint: (run: string): OperatingPointState => operatingPointState(freezing, run),

    freeze: (request: FreezeRequest, context: JobContext): Promise<MetricsDocument> =>
      freezePoint({ store: freezing, metrics, now: () => new Date().toISOString() }, request, context),

    subgroups(run: string, set: JudgedSet, context: JobContext): Promise<Subgroup[]> {
      const document = documentOf(run, set);
      const { labels, probabilities } = evaluations.table(run, set, document.positiveClass);
      const rows = evaluations.levels(run, set).map((attributes, place) => ({
        label: labels[place] === 1 ? (1 as const) : (0 as const),
        probability: probabilities[place]!,
        attributes,
      }));
      return metrics.run({ kind: 'subgroups', rows, document: withoutCurves(document) }, context);
    },

    /** Null where no patient has several images. */
    patientLevel(
      run: string,
      set: JudgedSet,
      aggregation: Aggregation,
      context: JobContext,
    ): Promise<PatientLevel | null> {
      const document = documentOf(run, set);
      return metrics.run(
        {
          kind: 'patients',
          table: tableOf(run, set, document.positiveClass),
          options: { ...optionsOf(document), aggregation },
        },
        context,
      );
    },

    /** Runs on the images that all of them have predicted; INVALID_INPUT where those are not the same. */
    async compare({ runs, set }: CompareRequest, context: JobContext): Promise<ComparisonDocument> {
      const compared = runs.map((run) => {
        const document = documentOf(run, set);
        const { imageIds, ...table } = evaluations.table(run, set, document.positiveClass);
        return { name: runName(run), document, imageIds, table };
      });
      const [base] = compared;
      const other = compared.find((one) => one.imageIds.join() !== base?.imageIds.join());
      if (other !== undefined)
        throw otherImages(`${other.name} was evaluated on other images than ${base?.name ?? ''}.`);
      const answer = await metrics.run(
        {
          kind: 'compare',
          runs: compared.map(({ name, table, document }) => ({
            name,
            table,
            options: { ...optionsOf(document), aggregation: document.patientLevel?.aggregation ?? 'mean' },
          })),
        },
        context,
      );
      if (answer.kind === 'refused') throw otherImages(answer.reason);
      return answer.document;
    },

    /** Images as two runs see them, those first on which they differ most. */
    pairs({ first, second, set, right, offset, limit }: PairRequest): { total: number; items: PairedPrediction[] } {
      const thresholds = {
        own: documentOf(first, set).operatingPoint.threshold,
        against: documentOf(second, set).operatingPoint.threshold,
      };
      const against = right === null ? null : { run: second, right };
      return evaluations.pairs({ ...noMarks, against, run: first, other: second, set, offset, limit }, thresholds);
    },
  };
}

function optionsOf(document: MetricsDocument) {
  return {
    set: document.set,
    positiveClass: document.positiveClass,
    operatingPoint: document.operatingPoint,
    interval: intervalOf(document),
  };
}

/** A document is sent to the thread for its operating point; its curves may be long. */
function withoutCurves(document: MetricsDocument): MetricsDocument {
  return { ...document, roc: [], pr: [], rocBand: null };
}

function runName(run: string): string {
  return run.replace(/^run-/, 'Run ');
}

function notEvaluated(run: string, set: JudgedSet): ExpectedError {
  return new ExpectedError({
    code: 'NOT_FOUND',
    message: `${runName(run)} has no results on ${set}.`,
    remedy: set === 'test' ? 'Open the test set with this run first.' : 'Evaluate it on validation first.',
  });
}

function otherImages(message: string): ExpectedError {
  return new ExpectedError({
    code: 'INVALID_INPUT',
    message: `${message} Runs are compared on the same images only.`,
    remedy: 'Choose runs that were trained on the same split, or evaluate them again.',
  });
}
