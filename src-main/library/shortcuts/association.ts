/** Tests whether classes differ in something: a table of counts, or a number by ranks. scipy is the oracle (scripts/oracles/shortcuts.py). */
import { logGamma } from '../../../src-shared/domain/specialFunctions.ts';

export interface TableTest {
  /** Null for Fisher's exact test. */
  statistic: number | null;
  degreesOfFreedom: number | null;
  pValue: number;
  cramersV: number;
  test: 'chi-square' | 'fisher';
}

/** Cells expected to hold fewer than this make the chi-square approximation of a 2×2 table doubtful (Cochran 1954). */
const leastExpected = 5;

/**
 * Independence of the rows and columns of a table of counts: Pearson's chi-square without continuity correction; Fisher's exact test, two-sided,
 * for a 2×2 table with an expected count below 5. Cramér's V from chi-square. Null when a row or column alone has all counts.
 */
export function testTable(table: readonly (readonly number[])[]): TableTest | null {
  const rows = table.filter((row) => row.some((count) => count > 0));
  const columns = (rows[0] ?? []).map((_, column) => column).filter((column) => rows.some((row) => row[column]! > 0));
  const counts = rows.map((row) => columns.map((column) => row[column]!));
  if (counts.length < 2 || columns.length < 2) return null;
  const rowSums = counts.map((row) => sum(row));
  const columnSums = columns.map((_, column) => sum(counts.map((row) => row[column]!)));
  const total = sum(rowSums);
  let statistic = 0;
  let smallest = Infinity;
  counts.forEach((row, i) =>
    row.forEach((count, j) => {
      const expected = (rowSums[i]! * columnSums[j]!) / total;
      smallest = Math.min(smallest, expected);
      statistic += (count - expected) ** 2 / expected;
    }),
  );
  const degreesOfFreedom = (counts.length - 1) * (columns.length - 1);
  const cramersV = Math.sqrt(statistic / (total * Math.min(counts.length - 1, columns.length - 1)));
  if (degreesOfFreedom === 1 && smallest < leastExpected) {
    const [[a, b], [c, d]] = counts as [[number, number], [number, number]];
    return { statistic: null, degreesOfFreedom: null, pValue: fisherExact(a, b, c, d), cramersV, test: 'fisher' };
  }
  const pValue = chiSquareTail(statistic, degreesOfFreedom);
  return { statistic, degreesOfFreedom, pValue, cramersV, test: 'chi-square' };
}

export interface RankTest {
  statistic: number;
  degreesOfFreedom: number;
  pValue: number;
  /** Square root of epsilon squared, H / (n − 1) (Tomczak and Tomczak 2014): 0 … 1. */
  effect: number;
}

/** Kruskal–Wallis H with correction for ties. Null with fewer than two groups, or when all values are the same. */
export function testRanks(groups: readonly (readonly number[])[]): RankTest | null {
  const used = groups.filter((group) => group.length > 0);
  if (used.length < 2) return null;
  const values = used.flatMap((group, index) => group.map((value) => ({ value, index })));
  values.sort((a, b) => a.value - b.value);
  const n = values.length;
  const rankSums = used.map(() => 0);
  let ties = 0;
  for (let start = 0; start < n;) {
    let end = start;
    while (end < n && values[end]!.value === values[start]!.value) end++;
    const rank = (start + 1 + end) / 2;
    for (let at = start; at < end; at++) rankSums[values[at]!.index]! += rank;
    const tied = end - start;
    ties += tied ** 3 - tied;
    start = end;
  }
  const correction = 1 - ties / (n ** 3 - n);
  if (!(correction > 0)) return null;
  const squares = sum(used.map((group, index) => rankSums[index]! ** 2 / group.length));
  const statistic = ((12 / (n * (n + 1))) * squares - 3 * (n + 1)) / correction;
  const degreesOfFreedom = used.length - 1;
  return {
    statistic,
    degreesOfFreedom,
    pValue: chiSquareTail(Math.max(0, statistic), degreesOfFreedom),
    effect: Math.sqrt(Math.min(1, Math.max(0, statistic) / (n - 1))),
  };
}

/** Probability that chi-square with `degrees` of freedom is `value` or more. */
export function chiSquareTail(value: number, degrees: number): number {
  return upperGamma(degrees / 2, value / 2);
}

/** Two-sided: the sum of all tables with the same margins that are no more probable than this one. */
export function fisherExact(a: number, b: number, c: number, d: number): number {
  const row = a + b;
  const column = a + c;
  const total = a + b + c + d;
  const logChoose = (n: number, k: number) => logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
  const logOf = (x: number) => logChoose(row, x) + logChoose(total - row, column - x) - logChoose(total, column);
  const own = logOf(a);
  let pValue = 0;
  for (let x = Math.max(0, column - (total - row)); x <= Math.min(row, column); x++) {
    const log = logOf(x);
    // scipy's tolerance for tables that are as probable but for rounding.
    if (log <= own + 1e-7) pValue += Math.exp(log);
  }
  return Math.min(1, pValue);
}

const precision = 1e-16;
const mostTerms = 10_000;

/** Regularised upper incomplete gamma Q(a, x): series below a + 1, continued fraction above (Lentz; Press et al. 2007, 6.2). */
function upperGamma(a: number, x: number): number {
  if (x <= 0) return 1;
  const scale = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let total = term;
    for (let n = 1; n < mostTerms; n++) {
      term *= x / (a + n);
      total += term;
      if (term < total * precision) break;
    }
    return Math.max(0, 1 - total * scale);
  }
  const tiny = 1e-300;
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / b;
  let fraction = d;
  for (let n = 1; n < mostTerms; n++) {
    const an = -n * (n - a);
    b += 2;
    d = 1 / (Math.abs(an * d + b) < tiny ? tiny : an * d + b);
    c = Math.abs(b + an / c) < tiny ? tiny : b + an / c;
    fraction *= d * c;
    if (Math.abs(d * c - 1) < precision) break;
  }
  return scale * fraction;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
