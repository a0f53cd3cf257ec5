/** The check of the data: every image measured, all compared with each other, class tested against what is no disease. */
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import type { CheckState } from '../../src-shared/contract/findings.ts';
import type { JobContext } from '../../src-shared/contract/progress.ts';
import { findNearDuplicates, testShortcuts, type NearDuplicate, type PictureMeasures } from '../library/index.ts';
import type { ProjectStore } from '../store/index.ts';
import type { ApplicationParts } from './parts.ts';

/** Files in the decoder at a time, and measures written in one transaction. */
const inFlight = 6;
const batchSize = 64;
/** Pairs written in one transaction. */
const pairBatch = 500;
/** Pairs of similar pictures, which are no duplicates, that are kept. */
const mostSimilar = 200;
/** Images of each class that show what a shortcut is. */
const examplesPerClass = 8;

export function checkOperations(store: ProjectStore, parts: Pick<ApplicationParts, 'decoder'>) {
  const now = () => new Date().toISOString();

  const checkState = (): CheckState => {
    const { images, measured, uncompared } = store.measures.counts();
    const last = store.findings.lastCheck();
    const upToDate =
      measured === images && uncompared === 0 && (images === 0 || last?.stamp === store.findings.stamp());
    return { images, measured, upToDate, at: last?.at ?? null };
  };

  /** Images that cannot be read now stay unmeasured; the next check tries them again. */
  async function measure(context: JobContext): Promise<void> {
    const images = store.measures.unmeasured();
    const startedAt = performance.now();
    let batch: (PictureMeasures & { imageId: number; pixelSha256: string | null })[] = [];
    const flush = () => {
      if (batch.length > 0) store.measures.add(batch);
      batch = [];
    };
    let next = 0;
    let done = 0;
    const work = async (): Promise<void> => {
      while (next < images.length && !context.signal.aborted) {
        const { imageId, path, frame, unhashed } = images[next++]!;
        const outcome = await parts.decoder.measure(path, frame, unhashed);
        if (outcome.kind === 'measures') batch.push({ imageId, ...outcome });
        if (batch.length >= batchSize) flush();
        done++;
        const rate = (1000 * done) / Math.max(1, performance.now() - startedAt);
        context.report({
          phase: 'measuring',
          done,
          total: images.length,
          rate,
          etaSeconds: (images.length - done) / rate,
          message: `Measuring image ${done} of ${images.length}`,
        });
      }
    };
    await Promise.all(Array.from({ length: inFlight }, work));
    flush();
    if (context.signal.aborted) throw cancelled();
  }

  async function compare(context: JobContext): Promise<void> {
    if (store.measures.counts().uncompared === 0) return;
    const { images, hashes } = store.measures.hashes();
    const read = store.measures.smallPictures();
    let pairs: NearDuplicate[] = [];
    let similar: NearDuplicate[] = [];
    const flush = () => {
      store.measures.addPairs(pairs);
      pairs = [];
    };
    await findNearDuplicates(
      { images, hashes, small: (place) => read(images[place]!.imageId) },
      (pair) => {
        if (!pair.duplicate) {
          similar.push(pair);
          if (similar.length > 4 * mostSimilar) similar = mostAlike(similar);
          return;
        }
        pairs.push(pair);
        if (pairs.length >= pairBatch) flush();
      },
      context,
    ).catch((error: unknown) => {
      throw context.signal.aborted ? cancelled() : error;
    });
    flush();
    store.measures.addPairs(mostAlike(similar));
    store.measures.markCompared(images.filter(({ compared }) => !compared).map(({ imageId }) => imageId));
  }

  let running: Promise<void> | null = null;

  async function runCheck(context: JobContext): Promise<void> {
    await measure(context);
    await compare(context);
    const tests = testShortcuts(store.findings.shortcutImages());
    const examples = store.findings.examples(examplesPerClass);
    store.findings.saveShortcuts(tests, () => examples, now(), store.findings.stamp());
    store.findings.refresh(now());
  }

  return {
    checkState,

    /** Does what is missing since the last check; cancelled, it keeps what was done. One at a time: a second call waits for the first. */
    async check(context: JobContext): Promise<void> {
      while (running !== null) await running.catch(() => undefined);
      if (checkState().upToDate) return store.findings.refresh(now());
      running = runCheck(context);
      try {
        await running;
      } finally {
        running = null;
      }
    },
  };
}

function mostAlike(pairs: readonly NearDuplicate[]): NearDuplicate[] {
  return pairs.toSorted((a, b) => b.similarity - a.similarity).slice(0, mostSimilar);
}

function cancelled(): ExpectedError {
  return new ExpectedError({
    code: 'CANCELLED',
    message: 'The check of the images was cancelled.',
    kept: 'What was measured is kept.',
    remedy: 'Check again to go on; what is there is not measured again.',
  });
}
