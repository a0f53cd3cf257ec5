import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ExpectedError, noModel } from '../../src-shared/contract/errors.ts';
import {
  heatMapEdge,
  type HeatMapFacts,
  type HeatMapModel,
  type HeatMapRequest,
} from '../../src-shared/contract/heatmaps.ts';
import type { JobContext } from '../../src-shared/contract/progress.ts';
import type { ModelCard } from '../../src-shared/contract/training.ts';
import { rankCorrelation } from '../../src-shared/domain/rankCorrelation.ts';
import type { ProjectStore } from '../store/index.ts';
import { prepareInputs, type InputImage } from '../training/index.ts';
import type { ApplicationParts } from './parts.ts';
import { expectCompute } from './computeFailures.ts';
import { createHeatMapCache, type HeatMapKey, type KeptMap } from './heatMapCache.ts';

/** Images in one compute job: between two of them a single image that somebody looks at gets its turn. */
const imagesPerJob = 16;

export interface HeatMap extends Omit<HeatMapFacts, 'minimum' | 'maximum' | 'className'> {
  imageId: number;
  /** `edge × edge`, row-major, not normalised. */
  values: Float32Array<ArrayBuffer>;
}

interface Wanted {
  imageId: number;
  image: InputImage;
  key: HeatMapKey;
  kept: KeptMap | null;
}

/** Heat maps as the shells call them, on one open project. */
export function heatMapOperations(
  path: string,
  store: ProjectStore,
  parts: ApplicationParts,
  runDirectory: (run: string) => string,
) {
  const directory = join(path, 'cache', 'heatmaps');
  const cache = createHeatMapCache(directory);
  const compute = expectCompute(parts.compute);
  let last: Promise<unknown> = Promise.resolve();

  /** One chunk after the other: the compute process has one job at a time. */
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const mine = last.then(work, work);
    last = mine;
    return mine;
  };

  const cardOf = (run: string): ModelCard => {
    const card = store.runs.card(run);
    if (card) return card;
    throw noModel(run);
  };

  /** A heat map shows what the model makes of an image, so those of the test set stay closed until it has been opened. */
  const refuseClosedTestImages = (run: string, imageIds: readonly number[]): void => {
    if (store.evaluations.document(run, 'test') !== null) return;
    const closed = imageIds.filter((id) => id >= 0 && store.catalogue.image(id).set === 'test').length;
    if (closed === 0) return;
    throw new ExpectedError({
      code: 'TEST_SET_LOCKED',
      message:
        imageIds.length === 1
          ? 'This image belongs to the test set, which has not been opened for this run.'
          : `${closed} of the images belong to the test set, which has not been opened for this run.`,
      remedy: 'Evaluate the run on the test set first; heat maps of training and validation images are always there.',
    });
  };

  const lookUp = async (
    card: ModelCard,
    request: Pick<HeatMapRequest, 'class' | 'method'>,
    imageId: number,
  ): Promise<Wanted> => {
    const file = store.catalogue.imageFile(imageId);
    const key = { card, image: file, class: classOf(card, request.class), method: request.method };
    const image = { path: file.path, frame: file.frame, fileSha256: file.fileSha256 };
    return { imageId, image, key, kept: await cache.read(key, heatMapEdge(card.preprocessing.imageSize)) };
  };

  /** Computes the maps that are missing and keeps them. */
  const make = async (
    run: string,
    missing: readonly Wanted[],
    context: JobContext,
    onShare: (share: number) => void,
  ): Promise<void> => {
    const { card, method } = missing[0]!.key;
    const silent: JobContext = { signal: context.signal, report: () => undefined };
    const images = missing.map((one) => one.image);
    const inputs = await prepareInputs(parts.decoder, images, card.preprocessing, join(directory, 'inputs'), silent);
    try {
      const targets = missing.map((one, index) => ({ index, class: one.key.class }));
      const { maps } = await compute.explain(
        { modelDirectory: runDirectory(run), inputs, method, targets, batchSize: 8 },
        (event) => event.kind === 'progress' && event.phase === 'explaining' && onShare(event.done / event.total),
        context.signal,
      );
      for (const [place, { score, values }] of maps.entries()) {
        missing[place]!.kept = { score, values };
        await cache.write(missing[place]!.key, { score, values });
      }
    } finally {
      await rm(inputs.path, { force: true });
    }
  };

  return {
    heatMapModel(run: string): HeatMapModel {
      const { classes, positiveClass, preprocessing } = cardOf(run);
      const { imageSize } = preprocessing;
      return { run, classes, positive: classes.indexOf(positiveClass), edge: heatMapEdge(imageSize), imageSize };
    },

    /**
     * Maps of many images, in their order. Those that were made before come from the project's cache.
     *
     * @param patient waits while another computation runs; otherwise that is a failure with code BUSY
     */
    async heatmaps(request: HeatMapRequest, context: JobContext, patient = true): Promise<HeatMap[]> {
      const card = cardOf(request.run);
      refuseClosedTestImages(request.run, request.imageIds);
      const edge = heatMapEdge(card.preprocessing.imageSize);
      const result: HeatMap[] = [];
      const report = progressOf(context, request.imageIds.length);
      for (let start = 0; start < request.imageIds.length; start += imagesPerJob) {
        const ids = request.imageIds.slice(start, start + imagesPerJob);
        const wanted = await Promise.all(ids.map((id) => lookUp(card, request, id)));
        const missing = wanted.filter((one) => one.kept === null);
        if (missing.length > 0) {
          const known = wanted.length - missing.length;
          const work = () =>
            make(request.run, missing, context, (share) => report(start + known + share * missing.length));
          await whenFree(
            () => inTurn(work),
            patient,
            context,
            () => report(start, 'Waiting for another computation'),
          );
        }
        context.signal.throwIfAborted();
        report(start + wanted.length);
        for (const { imageId, key, kept } of wanted) {
          const { imageSize } = card.preprocessing;
          result.push({ imageId, class: key.class, method: key.method, edge, imageSize, ...kept! });
        }
      }
      return result;
    },

    /** One map with its facts, at once or not at all: fails with BUSY while something else is computed. */
    async heatMap(
      request: { run: string; imageId: number } & Pick<HeatMapRequest, 'class' | 'method'>,
      signal: AbortSignal,
    ): Promise<{ facts: HeatMapFacts; values: Float32Array<ArrayBuffer> }> {
      const { imageId, ...rest } = request;
      const context = { signal, report: () => undefined };
      const [map] = await this.heatmaps({ ...rest, imageIds: [imageId] }, context, false);
      const { values, imageId: _, ...facts } = map!;
      return {
        values,
        facts: {
          ...facts,
          className: cardOf(request.run).classes[facts.class]!,
          minimum: Math.min(...values),
          maximum: Math.max(...values),
        },
      };
    },

    /** Spearman's rank correlation of an image's two maps over their cells; null unless both have been made and vary. */
    async heatMapAgreement(run: string, imageId: number, chosen: number | null): Promise<number | null> {
      const card = cardOf(run);
      refuseClosedTestImages(run, [imageId]);
      const [first, second] = await Promise.all(
        (['gradCam', 'occlusion'] as const).map((method) => lookUp(card, { class: chosen, method }, imageId)),
      );
      if (!first?.kept || !second?.kept) return null;
      return rankCorrelation([...first.kept.values], [...second.kept.values]);
    },
  };
}

function classOf({ classes, positiveClass }: ModelCard, wanted: number | null): number {
  if (wanted === null) return classes.indexOf(positiveClass);
  if (wanted < classes.length) return wanted;
  throw new ExpectedError({
    code: 'INVALID_INPUT',
    message: `The model has ${classes.length} classes, none with index ${wanted}.`,
    remedy: 'Choose one of its classes.',
  });
}

/** Tries again every second while another computation is under way, where the caller has the patience. */
async function whenFree(
  work: () => Promise<void>,
  patient: boolean,
  { signal }: JobContext,
  onWait: () => void,
): Promise<void> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!patient || !(error instanceof ExpectedError) || error.code !== 'BUSY') throw error;
      onWait();
      await sleep(1000, undefined, { signal });
    }
  }
}

function progressOf(context: JobContext, total: number): (done: number, waiting?: string) => void {
  const started = performance.now();
  return (done, waiting) => {
    const rate = done / ((performance.now() - started) / 1000);
    context.report({
      phase: 'heatmaps',
      done,
      total,
      rate,
      etaSeconds: done === 0 ? null : (total - done) / rate,
      message: waiting ?? `Heat maps ${Math.floor(done)} of ${total}`,
    });
  };
}
