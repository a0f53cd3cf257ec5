import { ExpectedError } from '../../src-shared/contract/errors.ts';
import type { EvaluateRequest } from '../../src-shared/contract/evaluation.ts';
import type { MetricsDocument, OperatingPoint } from '../../src-shared/contract/metrics.ts';
import { computeMetrics } from './computeMetrics.ts';
import { chooseThreshold } from './operatingPoint.ts';
import { describeOverlap, findOverlap } from './overlap.ts';
import type { EvaluatedRun, EvaluationImage, EvaluationStore, Predictor } from './runPorts.ts';
import { tableFromRows } from './table.ts';

export interface EvaluationParts {
  store: EvaluationStore;
  predictor: Predictor;
  now(): string;
}

/**
 * Evaluates a run on one set. The operating point is chosen on validation, once, and frozen there; a test evaluation applies it.
 * Opening the test set is written to the history before anything of it is predicted.
 */
export async function evaluateRun(parts: EvaluationParts, request: EvaluateRequest): Promise<MetricsDocument> {
  const run = parts.store.evaluatedRun(request.run);
  if (!run) throw noModel(request.run);
  if (request.set === 'validation') return evaluateValidation(parts, run, request);

  const images = parts.store.testImages();
  if (images.length === 0) throw emptySet('test');
  refuseOverlap(run, images);
  if (request.openedBy.trim() === '') throw nameless();
  const validation = parts.store.document(request.run, 'validation') ?? (await evaluateValidation(parts, run, request));
  parts.store.recordOpening({ run: request.run, openedBy: request.openedBy.trim(), at: parts.now() });
  return predictAndStore(parts, run, images, request, () => validation.operatingPoint);
}

async function evaluateValidation(
  parts: EvaluationParts,
  run: EvaluatedRun,
  request: EvaluateRequest,
): Promise<MetricsDocument> {
  if (run.validation.length === 0) throw emptySet('validation');
  return predictAndStore(parts, run, run.validation, { ...request, set: 'validation' }, (table) => {
    const choice = chooseThreshold(table, request.rule);
    if (choice.kind === 'impossible') {
      throw new ExpectedError({
        code: 'INVALID_INPUT',
        message: choice.reason,
        remedy: 'Choose another rule for the operating point.',
      });
    }
    return {
      threshold: choice.threshold,
      rule: request.rule,
      chosenOn: request.rule === 'fixed' ? 'none' : 'validation',
    };
  });
}

async function predictAndStore(
  parts: EvaluationParts,
  run: EvaluatedRun,
  images: readonly EvaluationImage[],
  request: EvaluateRequest,
  operatingPoint: (table: ReturnType<typeof tableFromRows>) => OperatingPoint,
): Promise<MetricsDocument> {
  const known = images.filter((image) => run.classes.includes(image.className));
  const probabilities = await parts.predictor.predict(run, known);
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
  const document = computeMetrics(table, {
    set: request.set,
    positiveClass: run.positiveClass,
    operatingPoint: operatingPoint(table),
    interval: request.interval,
  });
  const left = images.length - known.length;
  if (left > 0) document.warnings.push(`${left} images have a class that the model does not know and were left out.`);
  parts.store.saveEvaluation(request.run, request.set, predictions, document, parts.now());
  return document;
}

/** A model must not have seen what it is tested on: by patient, by file or by pixels. */
function refuseOverlap(run: EvaluatedRun, test: readonly EvaluationImage[]): void {
  const overlap = findOverlap(run.seen, test);
  if (overlap.images.length === 0) return;
  throw new ExpectedError({
    code: 'LEAKAGE',
    message: `The test set is refused: ${describeOverlap(overlap)}`,
    kept: 'The test set was not opened.',
    remedy: 'Split by patient again, remove the duplicates, and train anew.',
  });
}

function noModel(run: string): ExpectedError {
  return new ExpectedError({
    code: 'NOT_FOUND',
    message: `There is no model of ${run}: the run does not exist, or it ended before its first epoch was complete.`,
    remedy: 'Choose a run that finished at least one epoch.',
  });
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
