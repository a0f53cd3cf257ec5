import type { MetricsDocument, Subgroup } from '../../src-shared/contract/metrics.ts';
import { computeMetrics } from './computeMetrics.ts';
import { tableFromRows } from './table.ts';

export interface SubgroupRow {
  label: 0 | 1;
  probability: number;
  /** Level by attribute, e.g. { "File type": "PNG" }. */
  attributes: Readonly<Record<string, string>>;
}

/** Levels shown per attribute; an attribute with more tells little and is left out. */
const mostLevels = 12;

/**
 * The figures of one set within each level of each known attribute (scanner, file type, sex …), at the document's operating point.
 * Attributes with one level tell nothing, and one that divides the images as an earlier one does tells nothing new.
 */
export function subgroupFigures(rows: readonly SubgroupRow[], document: MetricsDocument): Subgroup[] {
  const divisions = new Set<string>();
  const telling = [...placesByAttribute(rows)].filter(([, levels]) => {
    if (levels.size < 2 || levels.size > mostLevels) return false;
    const division = JSON.stringify([...levels.values()]);
    if (divisions.has(division)) return false;
    divisions.add(division);
    return true;
  });
  return telling.flatMap(([attribute, levels]) =>
    [...levels]
      .sort(([first], [second]) => inOrder(first, second))
      .map(([level, places]) => {
        const own = places.map((place) => rows[place]!);
        return figuresOf(attribute, level, own, document);
      }),
  );
}

/** Bands from the lowest to the highest: "under 40", "40–64", "65 and over"; other levels by their words. */
function inOrder(first: string, second: string): number {
  const rank = (level: string) => (/^(under|up to) /.test(level) ? 0 : /^over /.test(level) ? 2 : 1);
  return rank(first) - rank(second) || first.localeCompare(second, 'en', { numeric: true });
}

/** Attribute → level → places of its rows, in the order of appearance. */
function placesByAttribute(rows: readonly SubgroupRow[]): Map<string, Map<string, number[]>> {
  const attributes = new Map<string, Map<string, number[]>>();
  rows.forEach((row, place) => {
    for (const [attribute, level] of Object.entries(row.attributes)) {
      const levels = attributes.get(attribute) ?? new Map<string, number[]>();
      attributes.set(attribute, levels);
      const places = levels.get(level) ?? [];
      levels.set(level, places);
      places.push(place);
    }
  });
  return attributes;
}

function figuresOf(
  attribute: string,
  level: string,
  rows: readonly SubgroupRow[],
  document: MetricsDocument,
): Subgroup {
  const metrics = computeMetrics(tableFromRows(rows), {
    set: document.set,
    positiveClass: document.positiveClass,
    operatingPoint: document.operatingPoint,
    interval: document.sensitivity.method === 'clopper-pearson' ? 'exact' : 'wilson',
    cluster: 'none',
    band: false,
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
}
