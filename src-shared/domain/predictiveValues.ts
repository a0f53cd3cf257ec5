import { wilsonBounds, type Bounds } from './wilson.ts';

/** A count of right decisions among the images of one class. */
export interface Share {
  right: number;
  total: number;
}

export interface PredictiveValue extends Bounds {
  value: number;
}

/**
 * Predictive values for a prevalence other than that of the sample, by Bayes' rule:
 * PPV = se·π / (se·π + (1 − sp)(1 − π)), NPV = sp(1 − π) / (sp(1 − π) + (1 − se)·π).
 * Both depend on one ratio of two independent proportions, whose 95 % interval is made from their Wilson intervals by the method of
 * variance estimates recovery (MOVER-R, Donner & Zou 2012). The prevalence is taken as known. Null where the rule gives 0/0.
 */
export function predictiveValues(
  sensitivity: Share,
  specificity: Share,
  prevalence: number,
): { ppv: PredictiveValue | null; npv: PredictiveValue | null } {
  const falseAlarms = { right: specificity.total - specificity.right, total: specificity.total };
  const misses = { right: sensitivity.total - sensitivity.right, total: sensitivity.total };
  return {
    // PPV = 1 / (1 + (1 − π)/π · (1 − sp)/se)
    ppv: fromRatio(falseAlarms, sensitivity, (1 - prevalence) / prevalence),
    // NPV = 1 / (1 + π/(1 − π) · (1 − se)/sp)
    npv: fromRatio(misses, specificity, prevalence / (1 - prevalence)),
  };
}

/** 1 / (1 + odds · above/below) with its interval; `odds` may be 0 or infinite at the ends of the prevalence. */
function fromRatio(above: Share, below: Share, odds: number): PredictiveValue | null {
  const top = wilsonBounds(above.right, above.total);
  const bottom = wilsonBounds(below.right, below.total);
  if (top === null || bottom === null || Number.isNaN(odds)) return null;
  if (above.right === 0 && below.right === 0) return null;
  const a = above.right / above.total;
  const b = below.right / below.total;
  const { low, high } = ratioBounds({ value: a, ...top }, { value: b, ...bottom });
  return { value: predictive(a / b, odds), low: predictive(high, odds), high: predictive(low, odds) };
}

function predictive(ratio: number, odds: number): number {
  if (odds === 0) return 1;
  if (!Number.isFinite(odds)) return 0;
  return Number.isFinite(ratio) ? 1 / (1 + odds * ratio) : 0;
}

interface Estimate extends Bounds {
  value: number;
}

/** 95 % bounds of a/b from those of a and b. */
function ratioBounds(a: Estimate, b: Estimate): Bounds {
  const product = a.value * b.value;
  const bound = (ofA: number, ofB: number, sign: 1 | -1): number => {
    const root = product * product - ofA * ofB * (2 * a.value - ofA) * (2 * b.value - ofB);
    const denominator = ofB * (2 * b.value - ofB);
    // Where b is so uncertain that the formula has no room, the widest quotient is taken.
    if (denominator <= 0 || root < 0) return ofB === 0 ? Infinity : ofA / ofB;
    return (product + sign * Math.sqrt(root)) / denominator;
  };
  return { low: Math.max(0, bound(a.low, b.high, -1)), high: bound(a.high, b.low, 1) };
}
