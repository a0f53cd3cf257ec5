/** Which of several 95 % intervals a reader is shown: the one that holds the truth at this size (docs/statistics.md), and its name. */
import type { Interval, MetricsDocument } from '../contract/metrics.ts';

/** Below so many images of a class, or patients of a class where they are the unit, the intervals on the logit scale are shown. */
export const enoughOfClass = 100;
/** Beyond this AUC, or below 1 − this, DeLong's normal interval is too narrow at any usual size. */
const nearOne = 0.9;

export interface ShownInterval {
  value: number | null;
  low: number | null;
  high: number | null;
  method: Interval['method'] | 'delong-logit' | 'clustered-percentile' | 'clustered-logit';
}

export const intervalWords: Record<ShownInterval['method'], string> = {
  wilson: 'Wilson',
  'clopper-pearson': 'exact (Clopper–Pearson)',
  delong: 'DeLong',
  'delong-logit': 'DeLong on the logit scale',
  'clustered-percentile': 'bootstrap of patients',
  'clustered-logit': 'between patients, logit scale, Student’s t',
};

/**
 * @param auc with DeLong's interval; its half width gives the one on the logit scale (Pepe 2003, section 5.2), as long as it was not
 *   cut at both ends
 * @param smaller images (or patients) of the smaller class
 */
export function shownAuc(auc: Interval, smaller: number): ShownInterval {
  const { value, low, high } = auc;
  if (value === null || low === null || high === null || low === high || value <= 0 || value >= 1) return auc;
  const far = Math.abs(value - 0.5) > nearOne - 0.5;
  if ((smaller >= enoughOfClass && !far) || (low === 0 && high === 1)) return auc;
  const halfWidth = Math.max(value - low, high - value) / (value * (1 - value));
  const logit = Math.log(value / (1 - value));
  const back = (place: number) => 1 / (1 + Math.exp(-place));
  return { value, low: back(logit - halfWidth), high: back(logit + halfWidth), method: 'delong-logit' };
}

type Figures = Pick<
  MetricsDocument,
  'auc' | 'sensitivity' | 'specificity' | 'accuracy' | 'n' | 'clustered' | 'clusteredLogit' | 'patientLevel'
>;
export type ClusteredFigure = 'auc' | 'sensitivity' | 'specificity' | 'accuracy';

/** With patients as the unit; null where that was not computed. */
export function shownClustered(document: Figures, figure: ClusteredFigure): ShownInterval | null {
  const { clustered, clusteredLogit, patientLevel, n } = document;
  if (clustered === null) return null;
  const { value } = document[figure];
  const { positive, negative } = patientLevel?.n ?? n;
  const logit = clusteredLogit?.[figure] ?? null;
  if (Math.min(positive, negative) < enoughOfClass && logit !== null && logit.low !== null) {
    return { value, ...logit, method: 'clustered-logit' };
  }
  return { value, ...clustered[figure], method: 'clustered-percentile' };
}

/** The one interval of a figure where there is room for one: by patient where patients have several images. */
export function shownInterval(document: Figures, figure: ClusteredFigure): ShownInterval {
  const { n } = document;
  const perImage = figure === 'auc' ? shownAuc(document.auc, Math.min(n.positive, n.negative)) : document[figure];
  return shownClustered(document, figure) ?? perImage;
}
