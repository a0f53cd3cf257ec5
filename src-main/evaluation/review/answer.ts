import type { Answer, Verdict } from '../../../src-shared/contract/review.ts';

export interface JudgedPrediction {
  /** The model calls the image positive at the operating point. */
  calledPositive: boolean;
}

/** What the named class says of an image: the positive class or not. */
export interface NamedClass {
  positive: boolean;
}

/**
 * What a verdict says of the image itself. A named class decides; without one, agreeing means the model's own call and
 * disagreeing the other one.
 */
export function answerOf(verdict: Verdict, prediction: JudgedPrediction, named: NamedClass | null): Answer {
  if (verdict === 'unsure') return 'unsure';
  if (verdict === 'exclude') return 'excluded';
  if (named !== null) return named.positive ? 'positive' : 'negative';
  const positive = verdict === 'disagree' ? !prediction.calledPositive : prediction.calledPositive;
  return positive ? 'positive' : 'negative';
}

/** In blinded reading the reader names a class; whether that agrees with the model follows. */
export function verdictOnPrediction(prediction: JudgedPrediction, named: NamedClass): 'agree' | 'disagree' {
  return named.positive === prediction.calledPositive ? 'agree' : 'disagree';
}

/** What an answer says of the model's call now; null for a case that was not called. */
export function standingOf(
  answer: Answer | null,
  prediction: JudgedPrediction,
): 'agree' | 'disagree' | 'unsure' | null {
  if (answer === 'unsure') return 'unsure';
  if (answer !== 'positive' && answer !== 'negative') return null;
  return (answer === 'positive') === prediction.calledPositive ? 'agree' : 'disagree';
}
