import { join } from 'node:path';
import type { InputsFile } from '../../src-shared/contract/compute.ts';
import type { EvaluateRequest } from '../../src-shared/contract/evaluation.ts';
import type { MetricsDocument } from '../../src-shared/contract/metrics.ts';
import type { JobContext } from '../../src-shared/contract/progress.ts';
import { evaluateRun, type EvaluatedRun, type TestSetFacts } from '../evaluation/index.ts';
import type { ProjectStore } from '../store/index.ts';
import { prepareInputs, type InputImage } from '../training/index.ts';
import type { ApplicationParts } from './parts.ts';
import { expectCompute } from './computeFailures.ts';
import { evaluationImages } from './evaluationImages.ts';
import { makePixelHashes } from './pixelHashes.ts';

/** Images predicted in one batch; forward passes need little memory. */
const batchSize = 16;

/** Evaluation and prediction as the shells call them, on one open project. */
export function evaluationOperations(
  path: string,
  store: ProjectStore,
  parts: ApplicationParts,
  runDirectory: (run: string) => string,
  check: (context: JobContext) => Promise<void>,
) {
  const judged = evaluationImages(store);

  const evaluatedRun = (run: string): EvaluatedRun | null => {
    const card = store.runs.card(run);
    if (!card) return null;
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
    return predictInputs(run, inputs, context);
  };

  /** Probabilities of the images of an inputs file, in its order. */
  const predictInputs = (run: EvaluatedRun, inputs: InputsFile, context: JobContext): Promise<number[][]> =>
    expectCompute(parts.compute).predict(
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

  /** What images are told apart by is there before any of them is listed: an import may have left hashes of pixels to the check. */
  const completeData = async ({ run, set }: EvaluateRequest, context: JobContext): Promise<void> => {
    const judgedImages = set === 'test' ? judged.test(run) : (evaluatedRun(run)?.validation ?? []);
    if (judgedImages.length === 0) return;
    if (set === 'test') await check(context);
    const ids = judgedImages.map(({ imageId }) => imageId);
    await makePixelHashes(store, parts.decoder, ids, context);
  };

  return {
    /** `together`: the test set is opened once for several runs, at this instant; openings of the same instant are no earlier looks. */
    async evaluate(
      request: EvaluateRequest,
      context: JobContext,
      together?: { at: string; opened(): void },
    ): Promise<MetricsDocument> {
      await completeData(request, context);
      return evaluateRun(
        {
          store: {
            ...store.evaluations,
            ...(together ? openedTogether(store, together) : {}),
            evaluatedRun,
            testImages: judged.test,
            notes: judged.notes,
            testSetFacts: async () => {
              await check(context);
              return testSetFacts(store);
            },
          },
          predictor: { predict },
          metrics: parts.metrics,
          now: () => new Date().toISOString(),
        },
        request,
        context,
      );
    },

    evaluatedRun,
    predictInputs,
  };
}

function openedTogether({ evaluations }: ProjectStore, { at, opened }: { at: string; opened(): void }) {
  return {
    openings: () => evaluations.openings().filter((opening) => opening.at !== at),
    recordOpening: (opening: Parameters<typeof evaluations.recordOpening>[0]) => {
      evaluations.recordOpening({ ...opening, at });
      opened();
    },
  };
}

function testSetFacts(store: ProjectStore): TestSetFacts {
  return {
    nearDuplicates: store.measures.pairs(),
    accepted: store.findings.accepted(),
    openFindings: store.findings.findings().filter(({ state }) => state === 'open'),
  };
}
