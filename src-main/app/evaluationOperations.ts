import { join } from 'node:path';
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import type { EvaluateRequest } from '../../src-shared/contract/evaluation.ts';
import type { MetricsDocument } from '../../src-shared/contract/metrics.ts';
import type { JobContext } from '../../src-shared/contract/progress.ts';
import { evaluateRun, type EvaluatedRun } from '../evaluation/index.ts';
import type { ProjectStore } from '../store/index.ts';
import { prepareInputs, type InputImage } from '../training/index.ts';
import type { ApplicationParts } from './application.ts';
import { expectCompute } from './computeFailures.ts';
import { evaluationImages } from './evaluationImages.ts';

/** Images predicted in one batch; forward passes need little memory. */
const batchSize = 16;

export interface FilePrediction {
  path: string;
  frame: number;
  probabilities: Record<string, number>;
  /** Probability of the positive class. */
  probability: number;
  /** Class called at the operating point chosen on validation, or at 0.5 when the run was not evaluated. */
  decision: string;
}

/** Evaluation and prediction as the shells call them, on one open project. */
export function evaluationOperations(
  path: string,
  store: ProjectStore,
  parts: ApplicationParts,
  runDirectory: (run: string) => string,
) {
  const judged = evaluationImages(store);

  const evaluatedRun = (run: string): EvaluatedRun | null => {
    const card = store.runs.card(run);
    if (!card || store.runs.snapshot(run) === null) return null;
    const seen = judged.frozen(run).images.filter((image) => image.set !== 'test');
    return {
      modelDirectory: runDirectory(run),
      classes: card.classes,
      positiveClass: card.positiveClass,
      preprocessing: card.preprocessing,
      seen,
      validation: seen.filter((image) => image.set === 'validation'),
    };
  };

  const predict = async (
    run: EvaluatedRun,
    images: readonly InputImage[],
    context: JobContext,
  ): Promise<number[][]> => {
    const inputs = await prepareInputs(
      parts.decoder,
      images,
      run.preprocessing,
      join(path, 'cache', 'inputs'),
      context,
    );
    return expectCompute(parts.compute).predict(
      { modelDirectory: run.modelDirectory, inputs, batchSize },
      (event) => {
        if (event.kind !== 'progress') return;
        context.report({
          phase: event.phase,
          done: event.done,
          total: event.total,
          rate: event.imagesPerSecond,
          etaSeconds: event.etaSeconds,
          message: `Predicting image ${event.done} of ${event.total}`,
        });
      },
      context.signal,
    );
  };

  return {
    evaluate(request: EvaluateRequest, context: JobContext): Promise<MetricsDocument> {
      return evaluateRun(
        {
          store: {
            ...store.evaluations,
            evaluatedRun,
            testImages: judged.test,
            notes: judged.notes,
          },
          predictor: { predict },
          metrics: parts.metrics,
          now: () => new Date().toISOString(),
        },
        request,
        context,
      );
    },

    /** Probabilities for files that are not part of the project; nothing of them is stored. */
    async predictFiles(run: string, paths: readonly string[], context: JobContext) {
      const evaluated = evaluatedRun(run);
      if (!evaluated) {
        throw new ExpectedError({
          code: 'NOT_FOUND',
          message: `There is no model of ${run}.`,
          remedy: 'Choose a run that finished at least one epoch.',
        });
      }
      const { images, rejected } = await readable(parts, paths, context);
      const probabilities = images.length === 0 ? [] : await predict(evaluated, images, context);
      const threshold = store.evaluations.document(run, 'validation')?.operatingPoint.threshold ?? 0.5;
      const positive = evaluated.classes.indexOf(evaluated.positiveClass);
      const predictions = images.map((image, index): FilePrediction => {
        const row = probabilities[index]!;
        const highest = row.indexOf(Math.max(...row.map((value, place) => (place === positive ? -1 : value))));
        return {
          path: image.path,
          frame: image.frame,
          probabilities: Object.fromEntries(evaluated.classes.map((name, place) => [name, row[place]!])),
          probability: row[positive]!,
          decision: evaluated.classes[row[positive]! >= threshold ? positive : highest]!,
        };
      });
      return { run, positiveClass: evaluated.positiveClass, threshold, predictions, rejected };
    },
  };
}

/** Every frame of the files that can be read, and the refusals of the others. */
async function readable(parts: ApplicationParts, paths: readonly string[], context: JobContext) {
  const images: InputImage[] = [];
  const rejected: { path: string; code: string; reason: string }[] = [];
  for (const path of paths) {
    context.signal.throwIfAborted();
    const outcome = await parts.decoder.inspect(path);
    if (outcome.kind === 'rejected') {
      rejected.push({ path, code: outcome.code, reason: outcome.reason });
      continue;
    }
    for (let frame = 0; frame < outcome.frames; frame++) images.push({ path, frame, fileSha256: outcome.fileSha256 });
  }
  return { images, rejected };
}
