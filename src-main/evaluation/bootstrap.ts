import type { MetricsDocument } from '../../src-shared/contract/metrics.ts';
import { createRandom, type Random } from '../../src-shared/domain/random.ts';
import { replicateFigures, sortColumns, type SortedColumns } from './resampledFigures.ts';
import type { PredictionTable } from './table.ts';

export interface BootstrapOptions {
  /** `patient`: patients are drawn, each with all its images; `image`: images are drawn within their class. */
  unit: 'patient' | 'image';
  threshold: number;
  /** At least 2,000 for an interval that is reported. */
  replicates: number;
  seed: number;
  /** With a band of the ROC curve. */
  band: boolean;
  onProgress?: (done: number, total: number) => void;
}

export type RocBand = NonNullable<MetricsDocument['rocBand']>;

const figures = ['auc', 'sensitivity', 'specificity', 'accuracy'] as const;
type Figure = (typeof figures)[number];
type Bounds = { low: number | null; high: number | null };

export interface BootstrapResult {
  intervals: Record<Figure, Bounds>;
  /** Null where it was not asked for, or where a class has fewer than two units. */
  band: RocBand | null;
  /** Replicates in which a figure had no value because a class was not drawn; they are left out of its percentiles. */
  undefinedReplicates: Record<Figure, number>;
}

/** False-positive rates at which the band is given: 0, 0.01 … 1. */
export const bandGrid: readonly number[] = Array.from({ length: 101 }, (_unused, place) => place / 100);

/** Replicates between two reports of progress. */
const progressEvery = 50;

/**
 * Percentile bootstrap, 95 %. Images are sorted once; a replicate is a pass over them with the multiplicities of its draw as
 * weights, so that 100,000 images × 2,000 replicates take seconds. `patient` needs `table.patients`.
 */
export function bootstrap(table: PredictionTable, options: BootstrapOptions): BootstrapResult {
  const columns = sortColumns(table, options.unit, options.threshold);
  const draw = options.unit === 'patient' ? drawPatients(columns) : drawWithinClasses(columns);
  const random = createRandom(options.seed);
  const multiplicity = new Uint32Array(columns.unitCount);
  const samples: Record<Figure, number[]> = { auc: [], sensitivity: [], specificity: [], accuracy: [] };
  const grid = options.band && smallerClass(columns) > 1 ? bandGrid : [];
  const curve = new Float64Array(grid.length);
  const curves = grid.map(() => new Float64Array(options.replicates));
  let drawnCurves = 0;
  for (let replicate = 0; replicate < options.replicates; replicate += 1) {
    if (replicate % progressEvery === 0) options.onProgress?.(replicate, options.replicates);
    draw(random, multiplicity);
    const values = replicateFigures(columns, multiplicity, grid, curve);
    for (const figure of figures) if (values[figure] !== null) samples[figure].push(values[figure]);
    if (values.auc === null || grid.length === 0) continue;
    curve.forEach((sensitivity, place) => (curves[place]![drawnCurves] = sensitivity));
    drawnCurves += 1;
  }
  options.onProgress?.(options.replicates, options.replicates);
  const perFigure = <T>(of: (figure: Figure) => T): Record<Figure, T> => ({
    auc: of('auc'),
    sensitivity: of('sensitivity'),
    specificity: of('specificity'),
    accuracy: of('accuracy'),
  });
  return {
    intervals: perFigure((figure) => percentileBounds(samples[figure])),
    undefinedReplicates: perFigure((figure) => options.replicates - samples[figure].length),
    band: drawnCurves === 0 ? null : bandOf(curves, drawnCurves, options),
  };
}

function bandOf(curves: readonly Float64Array[], drawn: number, options: BootstrapOptions): RocBand {
  const { unit, replicates, seed } = options;
  const points = curves.map((values, place) => {
    const bounds = percentileBounds(values.subarray(0, drawn));
    return { fpr: bandGrid[place]!, low: bounds.low ?? 0, high: bounds.high ?? 1 };
  });
  return { method: 'bootstrap', unit, replicates, seed, points };
}

/** Patients with replacement, as many as there are. */
function drawPatients({ unitCount }: SortedColumns) {
  return (random: Random, multiplicity: Uint32Array): void => {
    multiplicity.fill(0);
    for (let draw = 0; draw < unitCount; draw += 1) multiplicity[random.below(unitCount)]! += 1;
  };
}

/** Images with replacement, as many of each class as there are, as pROC's stratified bootstrap does. */
function drawWithinClasses({ label }: SortedColumns) {
  const ranks = (wanted: number) => Uint32Array.from(label.keys()).filter((rank) => label[rank] === wanted);
  const classes = [ranks(0), ranks(1)];
  return (random: Random, multiplicity: Uint32Array): void => {
    multiplicity.fill(0);
    for (const own of classes) {
      for (let draw = 0; draw < own.length; draw += 1) multiplicity[own[random.below(own.length)]!]! += 1;
    }
  };
}

function smallerClass({ label }: SortedColumns): number {
  const positives = label.reduce((sum, one) => sum + one, 0);
  return Math.min(positives, label.length - positives);
}

/** 2.5 % and 97.5 % quantiles with linear interpolation (Hyndman & Fan type 7); null without samples. */
export function percentileBounds(samples: ArrayLike<number>): Bounds {
  if (samples.length === 0) return { low: null, high: null };
  const sorted = Float64Array.from(samples).sort();
  const quantile = (share: number): number => {
    const place = share * (sorted.length - 1);
    const below = Math.floor(place);
    const above = Math.min(below + 1, sorted.length - 1);
    return sorted[below]! + (place - below) * (sorted[above]! - sorted[below]!);
  };
  return { low: quantile(0.025), high: quantile(0.975) };
}
