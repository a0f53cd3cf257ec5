import type { MetricsDocument } from '../../src-shared/contract/metrics.ts';
import { formatBounds, formatNumber, formatPValue, formatQuantity } from '../../src-shared/domain/format.ts';
import { enoughOfClass, shownAuc } from '../../src-shared/domain/shownIntervals.ts';
import type { CalibrationFit } from './calibration.ts';
import type { BootstrapResult } from './bootstrap.ts';

/** Below this many units of a class an interval is called wide, and the AUC's normal approximation doubtful. */
export const fewUnits = 30;

export interface WarningFacts {
  document: Omit<MetricsDocument, 'warnings'>;
  aucVariance: number | null;
  calibration: CalibrationFit;
  bootstrap: BootstrapResult | null;
  /** Patients by class where they are known. */
  patients: { positive: number; negative: number; mixed: number; most: number } | null;
}

/** What a reader must know before believing the figures, in words. */
export function metricsWarnings(facts: WarningFacts): string[] {
  return [
    ...missingClassWarnings(facts),
    ...sampleSizeWarnings(facts),
    ...aucWarnings(facts),
    ...operatingPointWarnings(facts),
    ...undefinedFigureWarnings(facts),
    ...patientWarnings(facts),
  ];
}

function missingClassWarnings({ document }: WarningFacts): string[] {
  const { images, positive, negative } = document.n;
  if (images === 0) return ['There is no image: no figure could be computed.'];
  if (positive === 0) return ['No image is positive: sensitivity, AUC and precision–recall have no value.'];
  if (negative === 0) return ['No image is negative: specificity and AUC have no value.'];
  return [];
}

function sampleSizeWarnings({ document, patients }: WarningFacts): string[] {
  const unit = patients === null ? 'image' : 'patient';
  const counts = patients ?? document.n;
  const warnings: string[] = [];
  if (counts.positive > 0 && counts.positive < fewUnits) {
    warnings.push(`Only ${formatQuantity(counts.positive, `positive ${unit}`)}: the interval of sensitivity is wide.`);
  }
  if (counts.negative > 0 && counts.negative < fewUnits) {
    warnings.push(`Only ${formatQuantity(counts.negative, `negative ${unit}`)}: the interval of specificity is wide.`);
  }
  return warnings;
}

function aucWarnings({ document, aucVariance }: WarningFacts): string[] {
  const { auc, n } = document;
  if (auc.value === null) return [];
  if (aucVariance === null) {
    return [
      `The interval of the AUC needs at least two images of each class; here are ${n.positive} positive and ${n.negative} negative.`,
    ];
  }
  if (aucVariance > 0) return narrowIntervalWarnings(document);
  if (document.roc.length === 2) {
    return [
      'All scores are equal: the AUC is 0.5 by definition and its interval has no width. The model tells nothing apart.',
    ];
  }
  return [
    `The AUC is ${formatNumber(auc.value)} with an estimated variance of 0 (the scores separate the classes): its interval and the band of the curve have no width and say nothing of its precision.`,
  ];
}

function narrowIntervalWarnings({ auc, aucLogit, n }: Omit<MetricsDocument, 'warnings'>): string[] {
  const smaller = Math.min(n.positive, n.negative);
  if (aucLogit === null || shownAuc(auc, smaller).method !== 'delong-logit') return [];
  const why =
    smaller < enoughOfClass ? `Only ${formatQuantity(smaller, 'image')} of a class` : 'The AUC is near its limit';
  return [
    `${why}: DeLong’s interval of the AUC is a little too narrow; on the logit scale it is ${formatBounds(aucLogit, 3)}.`,
  ];
}

function operatingPointWarnings({ document }: WarningFacts): string[] {
  const { operatingPoint, set } = document;
  const warnings: string[] = [];
  const same = operatingPoint.chosenOn === 'same' || (operatingPoint.chosenOn === 'validation' && set === 'validation');
  if (same) {
    warnings.push(
      'The threshold was chosen on the same images: sensitivity, specificity and accuracy are optimistic here.',
    );
  }
  if (set === 'training') warnings.push('These are training images: the figures say nothing about new patients.');
  return warnings;
}

function undefinedFigureWarnings({ document, calibration }: WarningFacts): string[] {
  const { confusion, n } = document;
  const warnings: string[] = [];
  if (n.images > 0 && confusion.tp + confusion.fp === 0) {
    warnings.push('No image was called positive: the positive predictive value has no value (denominator 0).');
  }
  if (n.images > 0 && confusion.tn + confusion.fn === 0) {
    warnings.push('No image was called negative: the negative predictive value has no value (denominator 0).');
  }
  if (n.images > 0 && document.f1 === null) warnings.push('F1 has no value: nothing is positive in truth or decision.');
  if (n.images > 0 && document.mcc === null) {
    warnings.push('Matthews’ correlation has no value: a row or column of the confusion matrix is empty.');
  }
  if (n.images > 0 && calibration.kind === 'undefined') {
    warnings.push(`Calibration slope and intercept have no value: ${calibration.reason}.`);
  }
  return warnings;
}

function patientWarnings({ document, bootstrap, patients }: WarningFacts): string[] {
  const warnings: string[] = [];
  if (patients !== null && patients.most > 1) {
    warnings.push(
      'Patients have several images: the Wilson, exact and DeLong intervals at image level take images as independent and are too narrow; read the patient-clustered ones.',
    );
  }
  if (patients !== null && patients.mixed > 0) {
    warnings.push(
      `${formatQuantity(patients.mixed, 'patient')} with images of both classes ${patients.mixed === 1 ? 'counts' : 'count'} as positive at patient level.`,
    );
  }
  const aggregation = document.patientLevel?.aggregation ?? 'mean';
  if (aggregation !== 'mean') {
    warnings.push(
      `Patient level by ${aggregation} at the image-level threshold: the more images a patient has, the more readily the patient is called positive.`,
    );
  }
  if (bootstrap !== null) {
    const lost = Math.max(...Object.values(bootstrap.undefinedReplicates));
    if (lost > 0) {
      warnings.push(
        `In ${lost} of ${document.clustered?.replicates ?? 0} bootstrap replicates a class was missing (share ${formatPValue(lost / (document.clustered?.replicates ?? 1))}); they were left out.`,
      );
    }
  }
  return warnings;
}
