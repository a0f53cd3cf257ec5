import { randomInt } from 'node:crypto';
import type { z } from 'zod';
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import type { MetricsDocument } from '../../src-shared/contract/metrics.ts';
import type { ClassSummary } from '../../src-shared/contract/project.ts';
import type {
  Agreement,
  beginReadingSchema,
  Reader,
  Reading,
  ReviewEntry,
  ReviewExport,
  SaveReview,
  undoReviewSchema,
  WorklistRequest,
  WorklistRow,
} from '../../src-shared/contract/review.ts';
import { noMarks } from '../../src-shared/contract/predictionMarks.ts';
import { answerOf, reviewAgreement, verdictOnPrediction } from '../evaluation/index.ts';
import type { ProjectStore } from '../store/index.ts';

type Place = Pick<SaveReview, 'run' | 'set' | 'reader' | 'mode'>;

const seedLimit = 2 ** 32;

/** Reading predictions as the shells call it, on one open project. */
export function reviewOperations(store: ProjectStore) {
  const now = () => new Date().toISOString();
  const { reviews, worklist } = store;

  const begin = ({ run, set, reader, mode }: z.infer<typeof beginReadingSchema>): Reading => {
    const seed = randomInt(seedLimit);
    return reviews.beginReading({ run, set, reader, blinded: mode === 'blinded', seed, at: now() });
  };

  const documentOf = (run: string, set: 'validation' | 'test'): MetricsDocument => {
    const metrics = store.evaluations.document(run, set);
    if (metrics) return metrics;
    throw new ExpectedError({
      code: 'NOT_FOUND',
      message: `${run} has no predictions on the ${set} set.`,
      remedy: 'Evaluate it under Results first.',
    });
  };

  const requestOf = ({ run, set, reader, mode }: Place): WorklistRequest => ({
    filter: { ...noMarks, run, set, sort: 'loss', descending: true, offset: 0, limit: 1 },
    order: 'loss',
    show: 'all',
    mode,
    reader,
  });

  const rowOf = (place: Place, metrics: MetricsDocument, imageId: number): WorklistRow => {
    const seed = place.mode === 'blinded' ? 0 : null;
    const row = worklist.row({ request: requestOf(place), metrics, against: null, seed }, imageId);
    if (!row) throw noPrediction(place.run);
    return row;
  };

  return {
    readers: (): Reader[] => reviews.readers(),

    addReader(name: string): Reader[] {
      reviews.ensureReader(name, now());
      return reviews.readers();
    },

    beginReading: begin,

    worklist(request: WorklistRequest): { total: number; items: WorklistRow[] } {
      const { run, set, against } = request.filter;
      const metrics = store.evaluations.document(run, set);
      if (!metrics) return { total: 0, items: [] };
      const other = against === null ? null : store.evaluations.document(against.run, set);
      const seed = request.mode === 'blinded' ? begin({ ...request, run, set }).seed : null;
      return worklist.page({ request, metrics, against: other?.operatingPoint.threshold ?? null, seed });
    },

    /**
     * Records a verdict or a comment and returns the row as the reader may see it now. In blinded mode the reader names a class,
     * and whether that agrees with the model follows; it counts as blinded only while the prediction was never revealed.
     */
    saveReview(wish: SaveReview): WorklistRow {
      const metrics = documentOf(wish.run, wish.set);
      const probability = reviews.probability(wish.run, wish.set, wish.imageId);
      if (probability === null) throw noPrediction(wish.run);
      const { threshold } = metrics.operatingPoint;
      const judged = judge(wish, { calledPositive: probability >= threshold }, store.classes.classes());
      const blinded = wish.mode === 'blinded' && !reviews.hasAnswered(wish.run, wish.imageId, wish.reader);
      reviews.add({
        ...judged,
        run: wish.run,
        set: wish.set,
        imageId: wish.imageId,
        reader: wish.reader,
        role: wish.mode === 'adjudicate' ? 'adjudicator' : 'reader',
        comment: wish.comment,
        blinded,
        seconds: wish.seconds,
        probability,
        threshold,
        at: now(),
      });
      return rowOf(wish, metrics, wish.imageId);
    },

    /** Takes the last entry of this reader back; null when there is none. */
    undoReview(place: z.infer<typeof undoReviewSchema>): { row: WorklistRow; labelKept: boolean } | null {
      const metrics = documentOf(place.run, place.set);
      const role = place.mode === 'adjudicate' ? 'adjudicator' : 'reader';
      const undone = reviews.undo({ run: place.run, set: place.set, reader: place.reader, role, at: now() });
      return undone && { row: rowOf(place, metrics, undone.imageId), labelKept: undone.labelKept };
    },

    /** All entries on one prediction; until this reader has answered, only the reader's own. */
    reviewHistory(place: Place & { imageId: number }): ReviewEntry[] {
      const all = place.mode === 'adjudicate' || reviews.hasAnswered(place.run, place.imageId, place.reader);
      return reviews.history(place.run, place.imageId, all ? null : place.reader);
    },

    /** Every verdict in force with the prediction it was given to; no file name and no patient identifier. */
    exportReviews(run: string, set: 'validation' | 'test'): ReviewExport[] {
      return reviews.exported(run, set, documentOf(run, set));
    },

    agreement({ run, set }: { run: string; set: 'validation' | 'test' }): Agreement {
      const metrics = documentOf(run, set);
      const states = reviews.states(run, set, metrics.operatingPoint.threshold);
      return reviewAgreement({ predictions: metrics.n.images, states, ...reviews.marked(run, set) });
    },
  };
}

function judge(wish: SaveReview, prediction: { calledPositive: boolean }, classes: readonly ClassSummary[]) {
  const { verdict } = wish;
  if (verdict === null || verdict === 'withdrawn') return { verdict, answer: null, classId: null };
  if (verdict === 'unsure' || verdict === 'exclude') {
    return { verdict, answer: answerOf(verdict, prediction, null), classId: null };
  }
  const named = wish.classId === null ? null : (classes.find((one) => one.id === wish.classId) ?? null);
  if (wish.classId !== null && named === null) {
    throw invalid('This class does not exist any more.', 'Choose another.');
  }
  if (named === null) {
    if (verdict === 'relabel') throw invalid('A new label needs its class.', 'Choose the class.');
    if (wish.mode === 'blinded') throw invalid('In blinded reading the answer is a class.', 'Choose the class.');
    return { verdict, answer: answerOf(verdict, prediction, null), classId: null };
  }
  const said = verdict === 'relabel' ? verdict : verdictOnPrediction(prediction, named);
  return { verdict: said, answer: answerOf(said, prediction, named), classId: named.id };
}

function invalid(message: string, remedy: string): ExpectedError {
  return new ExpectedError({ code: 'INVALID_INPUT', message, remedy });
}

function noPrediction(run: string): ExpectedError {
  return new ExpectedError({
    code: 'NOT_FOUND',
    message: `${run} has no prediction for this image.`,
    remedy: 'Load the list again.',
  });
}
