import { computeMetrics } from '../evaluation/index.ts';
import type { MetricsDocument } from '../../src-shared/contract/metrics.ts';
import type { Subgroup } from './model.ts';
import type { ReportPrediction } from './ports.ts';
import { tableOfPredictions } from './predictions.ts';

/** Levels shown per attribute; an attribute with more tells little and is left out. */
const mostLevels = 12;

/** The figures of one set within each level of each known attribute (scanner, file type, sex …); attributes with one level tell nothing. */
export function subgroupRows(predictions: readonly ReportPrediction[], document: MetricsDocument): Subgroup[] {
  const attributes = new Map<string, Map<string, ReportPrediction[]>>();
  for (const prediction of predictions) {
    for (const [attribute, level] of Object.entries(prediction.attributes ?? {})) {
      const levels = attributes.get(attribute) ?? new Map<string, ReportPrediction[]>();
      attributes.set(attribute, levels);
      const rows = levels.get(level) ?? [];
      levels.set(level, rows);
      rows.push(prediction);
    }
  }
  return [...attributes]
    .filter(([, levels]) => levels.size > 1 && levels.size <= mostLevels)
    .flatMap(([attribute, levels]) =>
      [...levels]
        .sort(([first], [second]) => first.localeCompare(second, 'en', { numeric: true }))
        .map(([level, rows]) => {
          const metrics = computeMetrics(tableOfPredictions(rows, document.positiveClass), {
            set: document.set,
            positiveClass: document.positiveClass,
            operatingPoint: document.operatingPoint,
            cluster: 'none',
          });
          return {
            attribute,
            level,
            images: metrics.n.images,
            positive: metrics.n.positive,
            sensitivity: metrics.sensitivity,
            specificity: metrics.specificity,
            auc: metrics.auc,
          };
        }),
    );
}
