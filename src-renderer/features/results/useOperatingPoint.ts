/** The operating point as it is moved by hand: a draft over the one in force, with the figures it would give. */
import { computed, ref, watch, type Ref } from 'vue';
import type { Point } from '../../../src-shared/charts/index.ts';
import type { MetricsDocument, OperatingPointRule } from '../../../src-shared/contract/metrics.ts';
import {
  confusionOfCurve,
  countsOfCurve,
  leastSensitivityPlace,
  placeOfThreshold,
  youdenPlace,
} from '../../../src-shared/domain/operatingPoint.ts';
import { proportion, type Proportion } from '../../../src-shared/domain/proportion.ts';

export interface DraftFigures {
  name: string;
  figure: Proportion;
  part: number;
  whole: number;
}

export function useOperatingPoint(metrics: Ref<MetricsDocument>) {
  const threshold = ref(metrics.value.operatingPoint.threshold);
  const rule = ref<OperatingPointRule>(metrics.value.operatingPoint.rule);
  const counts = computed(() => countsOfCurve(metrics.value.roc, metrics.value.n));

  function reset(): void {
    threshold.value = metrics.value.operatingPoint.threshold;
    rule.value = metrics.value.operatingPoint.rule;
  }
  watch(metrics, reset);

  const isMoved = computed(() => threshold.value !== metrics.value.operatingPoint.threshold);
  /** Number of the point along the curve, from the highest threshold on; a threshold above all scores counts as the first. */
  const place = computed(() => Math.max(0, placeOfThreshold(counts.value, threshold.value)));
  const places = computed(() => counts.value.thresholds.length);

  function moveTo(next: number, by: OperatingPointRule = 'manual'): void {
    threshold.value = Math.min(1, Math.max(0, next));
    rule.value = by;
    if (threshold.value === metrics.value.operatingPoint.threshold) rule.value = metrics.value.operatingPoint.rule;
  }
  function moveToPlace(next: number): void {
    const at = Math.min(places.value - 1, Math.max(0, next));
    moveTo(counts.value.thresholds[at] ?? threshold.value);
  }
  function moveByRule(by: OperatingPointRule): void {
    if (by === 'manual') return;
    if (by === 'fixed') return moveTo(0.5, by);
    const at =
      by === 'youden'
        ? youdenPlace(counts.value)
        : leastSensitivityPlace(counts.value, Number(by.slice('sensitivity>='.length)));
    moveTo(counts.value.thresholds[at] ?? 0.5, by);
  }

  const confusion = computed(() => confusionOfCurve(counts.value, threshold.value));
  const figures = computed<DraftFigures[]>(() => {
    const { tp, fp, fn, tn } = confusion.value;
    const method = metrics.value.sensitivity.method === 'clopper-pearson' ? 'clopper-pearson' : 'wilson';
    const of = (name: string, part: number, whole: number) => ({
      name,
      figure: proportion(part, whole, method),
      part,
      whole,
    });
    return [
      of('Sensitivity', tp, tp + fn),
      of('Specificity', tn, tn + fp),
      of('PPV', tp, tp + fp),
      of('NPV', tn, tn + fn),
      of('Accuracy', tp + tn, tp + fp + fn + tn),
    ];
  });
  /** On the ROC chart; null where the point is the one in force. */
  const point = computed<Point | null>(() => {
    const { fp, tp } = confusion.value;
    const { positives, negatives } = counts.value;
    return isMoved.value && positives > 0 && negatives > 0 ? [fp / negatives, tp / positives] : null;
  });

  return { threshold, rule, isMoved, place, places, confusion, figures, point, moveTo, moveToPlace, moveByRule, reset };
}
export type MovedPoint = ReturnType<typeof useOperatingPoint>;
