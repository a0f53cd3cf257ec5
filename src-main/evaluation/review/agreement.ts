import type { Agreement, Answer, ReaderAgreement, ReviewRole, Verdict } from '../../../src-shared/contract/review.ts';
import { cohenKappa } from '../kappa.ts';

/** The review in force of one reader on one prediction. */
export interface ReviewState {
  imageId: number;
  reader: string;
  role: ReviewRole;
  verdict: Verdict;
  answer: Answer;
  blinded: boolean;
  seconds: number | null;
  /** The model calls the image positive at the operating point now in force. */
  calledPositive: boolean;
}

export interface ReviewedSet {
  predictions: number;
  /** Only reviews with a verdict. */
  states: readonly ReviewState[];
  relabelled: number;
  excluded: number;
}

/**
 * Agreement between each reader and the model and between every two readers: Cohen's κ over the cases that both called
 * positive or not. Unsure and excluded cases are counted, and left out of κ.
 */
export function reviewAgreement({ predictions, states, relabelled, excluded }: ReviewedSet): Agreement {
  const own = states.filter((state) => state.role === 'reader');
  const byReader = Map.groupBy(own, (state) => state.reader);
  const readers = [...byReader].map(([reader, reviews]) => readerAgreement(reader, reviews));
  const names = readers.map(({ reader }) => reader);
  const pairs = names.flatMap((first, place) =>
    names
      .slice(place + 1)
      .map((second) => ({ first, second, kappa: readersKappa(byReader.get(first)!, byReader.get(second)!) })),
  );
  const disputed = disputedImages(own);
  const decided = new Set(states.filter((state) => state.role === 'adjudicator').map((state) => state.imageId));
  return {
    predictions,
    readers,
    pairs,
    disputed: disputed.size,
    adjudicated: [...disputed].filter((image) => decided.has(image)).length,
    relabelled,
    excluded,
  };
}

/** Images to which two readers gave different answers; `unsure` and `excluded` are answers too. */
export function disputedImages(states: readonly Pick<ReviewState, 'imageId' | 'answer'>[]): Set<number> {
  const first = new Map<number, Answer>();
  const disputed = new Set<number>();
  for (const { imageId, answer } of states) {
    const before = first.get(imageId);
    if (before === undefined) first.set(imageId, answer);
    else if (before !== answer) disputed.add(imageId);
  }
  return disputed;
}

function readerAgreement(reader: string, reviews: readonly ReviewState[]): ReaderAgreement {
  const called = reviews.filter(isCalled);
  const agree = called.filter(({ answer, calledPositive }) => (answer === 'positive') === calledPositive).length;
  const times = reviews.flatMap(({ seconds }) => (seconds === null ? [] : [seconds])).sort((a, b) => a - b);
  return {
    reader,
    answered: reviews.length,
    agree,
    disagree: called.length - agree,
    unsure: reviews.filter(({ answer }) => answer === 'unsure').length,
    excluded: reviews.filter(({ answer }) => answer === 'excluded').length,
    relabelled: reviews.filter(({ verdict }) => verdict === 'relabel').length,
    blinded: reviews.filter(({ blinded }) => blinded).length,
    medianSeconds: median(times),
    model: cohenKappa(
      called.map(({ answer }) => category(answer)),
      called.map(({ calledPositive }) => (calledPositive ? 1 : 0)),
      2,
    ),
  };
}

function readersKappa(first: readonly ReviewState[], second: readonly ReviewState[]) {
  const other = new Map(second.filter(isCalled).map((state) => [state.imageId, category(state.answer)]));
  const common = first.filter((state) => isCalled(state) && other.has(state.imageId));
  return cohenKappa(
    common.map(({ answer }) => category(answer)),
    common.map(({ imageId }) => other.get(imageId)!),
    2,
  );
}

function isCalled({ answer }: ReviewState): boolean {
  return answer === 'positive' || answer === 'negative';
}

const category = (answer: Answer): number => (answer === 'positive' ? 1 : 0);

/** Of ascending values; null of none. */
function median(ascending: readonly number[]): number | null {
  if (ascending.length === 0) return null;
  const middle = ascending.length >> 1;
  return ascending.length % 2 === 1 ? ascending[middle]! : (ascending[middle - 1]! + ascending[middle]!) / 2;
}
