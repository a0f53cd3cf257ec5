import { ExpectedError, noModel } from '../../src-shared/contract/errors.ts';
import type { EvaluateRequest } from '../../src-shared/contract/evaluation.ts';
import type {
  ChoosableRule,
  MetricsDocument,
  MulticlassDocument,
  OperatingPoint,
} from '../../src-shared/contract/metrics.ts';
import type { JobContext } from '../../src-shared/contract/progress.ts';
import { formatNumber } from '../../src-shared/domain/format.ts';
import type { MetricsThread } from './metricsThread.ts';
import { multiclassMetrics } from './multiclass.ts';
import { chooseThreshold } from './operatingPoint.ts';
import type { EvaluatedRun, EvaluationImage, EvaluationStore, Predictor, StoredPrediction } from './runPorts.ts';
import { tableFromRows, type PredictionTable } from './table.ts';
import { refuseUnsound } from './testSetGuard.ts';

export interface EvaluationParts {
  store: EvaluationStore;
  predictor: Predictor;
  metrics: MetricsThread;
  now(): string;
}

/**
 * Evaluates a run on one set. The operating point is chosen on validation and frozen at the latest when the test set is opened; a test
 * evaluation applies it. Opening the test set is written to the history before anything of it is predicted.
 */
export async function evaluateRun(
  parts: EvaluationParts,
  request: EvaluateRequest,
  context: JobContext,
): Promise<MetricsDocument> {
  const run = parts.store.evaluatedRun(request.run);
  if (!run) throw noModel(request.run);
  if (request.set === 'validation') return evaluateValidation(parts, run, request, context);

  const images = parts.store.testImages(request.run);
  if (images.length === 0) throw emptySet('test');
  refuseUnsound(run, images, await parts.store.testSetFacts());
  const openedBy = request.openedBy.trim();
  if (openedBy === '') throw nameless();
  const point = await pointInForce(parts, run, request, context);
  const before = parts.store.openings().length;
  freezeAtOpening(parts, request.run, point, openedBy);
  parts.store.recordOpening({ run: request.run, openedBy, at: parts.now() });
  const predicted = await predictSet(parts, run, images, context);
  const document = await figuresOf(parts, run, predicted, { request, set: 'test', operatingPoint: point }, context);
  document.warnings.push(
    ...openingWarnings(before),
    ...ruleWarnings(request.rule, point),
    ...parts.store.notes(request.run, 'test'),
  );
  parts.store.saveEvaluation(request.run, 'test', predicted.predictions, document, parts.now());
  return document;
}

/**
 * Chooses the operating point by the rule asked for and stores the figures. Once a point is frozen another rule is only tried out: its
 * figures are answered, the frozen point and the stored figures stay.
 */
async function evaluateValidation(
  parts: EvaluationParts,
  run: EvaluatedRun,
  request: EvaluateRequest,
  context: JobContext,
): Promise<MetricsDocument> {
  if (run.validation.length === 0) throw emptySet('validation');
  const predicted = await predictSet(parts, run, run.validation, context);
  const frozen = parts.store.frozenPoints(request.run).at(-1);
  const keeps = frozen !== undefined && (request.rule === null || request.rule === frozen.rule);
  const operatingPoint = keeps ? plainPoint(frozen) : choosePoint(predicted.table, request.rule ?? 'youden');
  const document = await figuresOf(parts, run, predicted, { request, set: 'validation', operatingPoint }, context);
  document.warnings.push(...parts.store.notes(request.run, 'validation'));
  if (frozen === undefined || keeps) {
    parts.store.saveEvaluation(request.run, 'validation', predicted.predictions, document, parts.now());
  } else {
    document.warnings.push(
      `Tried out only: the operating point in force is ${formatNumber(frozen.threshold, 4)} (${frozen.rule}), frozen by ${frozen.frozenBy} on ${frozen.at.slice(0, 10)}.`,
    );
  }
  return document;
}

/** The point that a test evaluation applies: the frozen one, else the one chosen on validation, which is evaluated first if need be. */
async function pointInForce(
  parts: EvaluationParts,
  run: EvaluatedRun,
  request: EvaluateRequest,
  context: JobContext,
): Promise<OperatingPoint> {
  const frozen = parts.store.frozenPoints(request.run).at(-1);
  if (frozen) return plainPoint(frozen);
  const validation =
    parts.store.document(request.run, 'validation') ?? (await evaluateValidation(parts, run, request, context));
  return validation.operatingPoint;
}

function freezeAtOpening(parts: EvaluationParts, run: string, point: OperatingPoint, openedBy: string): void {
  if (parts.store.frozenPoints(run).length > 0) return;
  const reason = 'Frozen by opening the test set.';
  parts.store.recordFrozenPoint(run, { ...point, frozenBy: openedBy, reason, at: parts.now() });
}

function plainPoint({ threshold, rule, chosenOn }: OperatingPoint): OperatingPoint {
  return { threshold, rule, chosenOn };
}

function choosePoint(table: PredictionTable, rule: ChoosableRule): OperatingPoint {
  const choice = chooseThreshold(table, rule);
  if (choice.kind === 'chosen') {
    return { threshold: choice.threshold, rule, chosenOn: rule === 'fixed' ? 'none' : 'validation' };
  }
  throw new ExpectedError({
    code: 'INVALID_INPUT',
    message: choice.reason,
    remedy: 'Choose another rule for the operating point.',
  });
}

function otherClasses({ classes }: EvaluatedRun): ExpectedError {
  return new ExpectedError({
    code: 'SET_EMPTY',
    message: `The model tells apart ${classes.join(', ')}; no image of this set is of one of these classes.`,
    remedy: 'Label images with the model’s classes, or choose a run that was trained on those of this project.',
  });
}

function openingWarnings(before: number): string[] {
  if (before === 0) return [];
  return [
    `The test set had been opened ${before === 1 ? 'once' : `${before} times`} before this evaluation; each further look makes its figures more optimistic.`,
  ];
}

function ruleWarnings(asked: ChoosableRule | null, point: OperatingPoint): string[] {
  if (asked === null || asked === point.rule) return [];
  return [
    `The rule “${asked}” was not applied: on the test set the operating point chosen before is used (${point.rule}).`,
  ];
}

interface PredictedSet {
  /** Images whose class the model knows, in the order of the predictions. */
  images: readonly EvaluationImage[];
  predictions: StoredPrediction[];
  table: PredictionTable;
  /** Images left out because the model does not know their class. */
  left: number;
}

async function predictSet(
  parts: EvaluationParts,
  run: EvaluatedRun,
  images: readonly EvaluationImage[],
  context: JobContext,
): Promise<PredictedSet> {
  const known = images.filter((image) => run.classes.includes(image.className));
  if (known.length === 0) throw otherClasses(run);
  const probabilities = await parts.predictor.predict(run, known, context);
  const positive = run.classes.indexOf(run.positiveClass);
  const predictions = known.map((image, index) => ({
    imageId: image.imageId,
    labelClassId: image.classId,
    probability: probabilities[index]![positive]!,
    probabilities: probabilities[index]!,
  }));
  const table = tableFromRows(
    known.map((image, index) => ({
      label: image.className === run.positiveClass ? 1 : 0,
      probability: predictions[index]!.probability,
      patient: image.pseudonym,
    })),
  );
  return { images: known, predictions, table, left: images.length - known.length };
}

async function figuresOf(
  parts: EvaluationParts,
  run: EvaluatedRun,
  predicted: PredictedSet,
  wish: { request: EvaluateRequest; set: 'validation' | 'test'; operatingPoint: OperatingPoint },
  context: JobContext,
): Promise<MetricsDocument> {
  const { request, set, operatingPoint } = wish;
  const options = {
    set,
    positiveClass: run.positiveClass,
    operatingPoint,
    interval: request.interval,
    aggregation: request.aggregation,
    multiclass: multiclassOf(run, predicted, wish),
  };
  const document = await parts.metrics.run({ kind: 'metrics', table: predicted.table, options }, context);
  if (predicted.left > 0) {
    document.warnings.push(`${predicted.left} images have a class that the model does not know and were left out.`);
  }
  return document;
}

/** All classes against each other where the model tells more than two apart. */
function multiclassOf(
  run: EvaluatedRun,
  { images, predictions }: PredictedSet,
  { request, set }: { request: EvaluateRequest; set: 'validation' | 'test' },
): MulticlassDocument | null {
  if (run.classes.length < 3) return null;
  const table = {
    classes: run.classes,
    labels: Uint16Array.from(images, (image) => run.classes.indexOf(image.className)),
    probabilities: run.classes.map((_name, place) =>
      Float64Array.from(predictions, (one) => one.probabilities[place]!),
    ),
    patients: images.map((image) => image.pseudonym),
  };
  return multiclassMetrics(table, { set, interval: request.interval });
}

function emptySet(set: string): ExpectedError {
  return new ExpectedError({
    code: 'SET_EMPTY',
    message: `The ${set} set has no labelled images.`,
    remedy: `Split with a share for ${set}, or import images into it.`,
  });
}

function nameless(): ExpectedError {
  return new ExpectedError({
    code: 'TEST_SET_LOCKED',
    message: 'The test set is opened on purpose only, and the opening is recorded with a name.',
    remedy: 'Say who opens it.',
  });
}
