import { ExpectedError } from '../../src-shared/contract/errors.ts';
import type { ComparisonDocument } from '../../src-shared/contract/metrics.ts';
import { compareRuns, intervalOf, subgroupFigures } from '../evaluation/index.ts';
import { claimCrossWalk } from './claim.ts';
import { dataSection } from './dataSection.ts';
import { limitations } from './limitations.ts';
import { reportModelSchema } from './model.ts';
import type { ReportModel, ReportRunModel } from './model.ts';
import type { ReportPrediction, ReportRun, ReportSource } from './ports.ts';
import { predictionRows, subgroupTable, tableOfPredictions } from './predictions.ts';

export const researchNotice = 'For research use. Not a medical device.';

const intendedUse =
  'Research on whether a convolutional network can tell the classes named here apart on CT images of this institution. The figures describe the images listed in this report. They are no basis for decisions about patients.';

export interface ReportAbout {
  runs: readonly string[];
  author: string;
  /** ISO 8601, UTC. */
  createdAt: string;
  /** The report has heat maps of errors. */
  heatMaps?: boolean;
}

/** The report as data. Throws NOT_FOUND where a run does not exist. Only fields named here leave the project. */
export function buildReport(source: ReportSource, about: ReportAbout): ReportModel {
  const project = source.project();
  const positiveClass = project.classes.find((one) => one.positive)?.name ?? '';
  const predictions = new Map<string, ReportPrediction[]>();
  const runs = about.runs.map((id) => {
    const run = source.run(id);
    if (run === null) {
      throw new ExpectedError({
        code: 'NOT_FOUND',
        message: `There is no run ${id}.`,
        kept: 'No report was written.',
        remedy: 'Choose a run from the list of runs.',
      });
    }
    predictions.set(id, source.predictions(id));
    return runSection(
      run,
      predictions.get(id) ?? [],
      source.frozenPoints(id),
      source.readings?.(id) ?? [],
      positiveClass,
    );
  });
  const facts = {
    format: 'parenchyma-report' as const,
    version: 1 as const,
    title: `Evaluation of a CT classifier: ${project.name}`,
    createdAt: about.createdAt,
    author: about.author,
    softwareVersion: source.softwareVersion,
    notice: researchNotice,
    intendedUse,
    project: { name: project.name, createdAt: project.createdAt, positiveClass, classes: project.classes },
    data: dataSection(source),
    runs,
    comparison: compareSameImages(runs, predictions),
    study: source.study?.(about.runs) ?? null,
    repeats: source.repeats?.(about.runs) ?? [],
    openings: source.openings(),
    images: source.images?.() ?? [],
  };
  const withLimitations = { ...facts, limitations: limitations(facts) };
  return reportModelSchema.parse({
    ...withLimitations,
    claim: claimCrossWalk(withLimitations, about.heatMaps ?? false),
  });
}

function runSection(
  run: ReportRun,
  predictions: readonly ReportPrediction[],
  frozenPoints: ReportRunModel['frozenPoints'],
  readings: ReportRunModel['readings'],
  positiveClass: string,
): ReportRunModel {
  const { weights, ...configuration } = run.configuration;
  const classes = run.card?.classes ?? [];
  const ofSet = (set: string) => predictions.filter((one) => one.set === set);
  const rows = [run.validation, run.test].flatMap((document) =>
    document === null ? [] : predictionRows(ofSet(document.set ?? ''), document, classes),
  );
  const judged = run.test ?? run.validation;
  return {
    id: run.id,
    number: run.number,
    state: run.state,
    createdAt: run.createdAt,
    endedAt: run.endedAt,
    backend: run.backend,
    peakMemoryBytes: run.peakMemoryBytes,
    model: {
      classes: classes.length > 0 ? classes : [positiveClass],
      configuration,
      initialWeights: weights === null ? 'random' : 'file',
      initialWeightsSha256: run.card?.initialWeightsSha256 ?? null,
      weightsSha256: run.card?.weightsSha256 ?? null,
      snapshotSha256: run.card?.snapshotSha256 ?? null,
      selectedEpoch: run.card?.epoch ?? run.best?.epoch ?? null,
      selectionRule: 'Best validation accuracy; among equals the lower validation loss.',
      trainedWithVersion: run.card?.softwareVersion ?? null,
      search: run.search ?? null,
    },
    epochs: run.epochs,
    validation: run.validation,
    test: run.test,
    frozenPoints,
    readings,
    predictions: rows,
    subgroups:
      judged === null || judged.set === null
        ? null
        : { set: judged.set, rows: subgroupFigures(subgroupTable(ofSet(judged.set), judged.positiveClass), judged) },
  };
}

/** All runs on the images they share, on test where every run has it, else on validation. */
function compareSameImages(
  runs: readonly ReportRunModel[],
  predictions: ReadonlyMap<string, readonly ReportPrediction[]>,
): ComparisonDocument | null {
  if (runs.length < 2) return null;
  const set = runs.every((run) => run.test !== null) ? 'test' : 'validation';
  const compared = runs.flatMap((run) => {
    const metrics = run[set];
    if (metrics === null) return [];
    const rows = [...(predictions.get(run.id) ?? [])]
      .filter((one) => one.set === set)
      .sort((first, second) => first.imageId - second.imageId);
    return [{ run, metrics, rows }];
  });
  const images = compared.map(({ rows }) => rows.map((row) => row.imageId).join());
  if (compared.length < 2 || images.some((own) => own !== images[0])) return null;
  const result = compareRuns(
    compared.map(({ run, metrics, rows }) => ({
      name: `Run ${run.number}`,
      table: tableOfPredictions(rows, metrics.positiveClass),
      options: {
        set,
        positiveClass: metrics.positiveClass,
        operatingPoint: metrics.operatingPoint,
        interval: intervalOf(metrics),
        aggregation: metrics.patientLevel?.aggregation ?? 'mean',
      },
    })),
  );
  return result.kind === 'compared' ? result.document : null;
}
