import type { AuditAuc, AuditMetadata } from '../../../src-shared/contract/audit.ts';
import { createRandom, shuffled } from '../../../src-shared/domain/random.ts';
import { bootstrap } from '../bootstrap.ts';
import { aucWithDelong } from '../delong.ts';
import type { PredictionTable } from '../table.ts';
import { fitLogistic, predictLogistic } from './logistic.ts';

/** What may betray the class of an image without a look at the patient. */
export interface ImageMetadata {
  imageId: number;
  label: 0 | 1;
  /** The model's probability of the positive class. */
  probability: number;
  patient: string;
  fileType: string;
  rows: number;
  columns: number;
  /** Manufacturer and model; null where the file does not say. */
  scanner: string | null;
  /** Share of hard edges in the picture's border, 0 … 1: burnt-in letters and marks; null where not measured. */
  borderText: number | null;
}

export const metadataFolds = 5;
const replicates = 2000;

/** Kinds of features that the images differ in, each with its columns. */
interface FeatureKind {
  name: string;
  columns: ((image: ImageMetadata) => number)[];
}

/**
 * How well the class can be told from metadata alone, beside the model on the same images: every image is judged by a regression
 * that saw no image of its patient. Null where nothing differs between the images, or a class has too few patients for folds.
 */
export function auditMetadata(images: readonly ImageMetadata[], seed: number): AuditMetadata | null {
  const kinds = featureKinds(images);
  const folds = foldsByPatient(images, seed);
  if (kinds.length === 0 || folds === null) return null;
  const labels = Uint8Array.from(images, (image) => image.label);
  const patients = images.map((image) => image.patient);
  const aucOf = (probabilities: Float64Array) => patientAuc({ labels, probabilities, patients }, seed);
  const judge = (used: readonly FeatureKind[]) => aucOf(crossValidated(images, used, folds));
  return {
    features: kinds.map((kind) => kind.name),
    folds: metadataFolds,
    seed,
    images: images.length,
    patients: new Set(patients).size,
    auc: judge(kinds),
    model: aucOf(Float64Array.from(images, (image) => image.probability)),
    alone: kinds.length < 2 ? [] : kinds.map((kind) => ({ feature: kind.name, auc: judge([kind]) })),
  };
}

/** Images of one patient are alike: where there are several, whole patients are drawn for the interval. */
function patientAuc(table: PredictionTable & { patients: readonly string[] }, seed: number): AuditAuc {
  const { value, low, high } = aucWithDelong(table).auc;
  if (new Set(table.patients).size === table.patients.length) return { value, low, high, method: 'delong' };
  const options = { unit: 'patient', threshold: 0.5, replicates, seed, band: false } as const;
  return { value, ...bootstrap(table, options).intervals.auc, method: 'patient-bootstrap' };
}

function featureKinds(images: readonly ImageMetadata[]): FeatureKind[] {
  const differ = (value: (image: ImageMetadata) => unknown) => new Set(images.map(value)).size > 1;
  const levels = (value: (image: ImageMetadata) => string) =>
    [...new Set(images.map(value))].sort().map((level) => (image: ImageMetadata) => (value(image) === level ? 1 : 0));
  const scanner = (image: ImageMetadata) => image.scanner ?? '';
  const kinds: FeatureKind[] = [];
  if (differ((image) => image.fileType)) {
    kinds.push({ name: 'File type', columns: levels((image) => image.fileType) });
  }
  if (differ((image) => `${image.rows}×${image.columns}`)) {
    kinds.push({
      name: 'Size',
      columns: [(image) => Math.log2(image.rows), (image) => Math.log2(image.columns / image.rows)],
    });
  }
  if (differ(scanner)) kinds.push({ name: 'Scanner', columns: levels(scanner) });
  if (differ((image) => image.borderText)) {
    kinds.push({
      name: 'Border text',
      columns: [(image) => image.borderText ?? 0, (image) => (image.borderText === null ? 1 : 0)],
    });
  }
  return kinds;
}

/** Fold of each image; images of a patient share theirs, and each class is spread over all folds. Null with fewer patients than folds. */
export function foldsByPatient(images: readonly ImageMetadata[], seed: number): Uint8Array | null {
  const positive = new Map<string, boolean>();
  for (const { patient, label } of images) positive.set(patient, (positive.get(patient) ?? false) || label === 1);
  const random = createRandom(seed);
  const fold = new Map<string, number>();
  for (const wanted of [true, false]) {
    const patients = [...positive].filter(([, is]) => is === wanted).map(([patient]) => patient);
    if (patients.length < metadataFolds) return null;
    shuffled(patients.sort(), random).forEach((patient, place) => fold.set(patient, place % metadataFolds));
  }
  return Uint8Array.from(images, (image) => fold.get(image.patient)!);
}

function crossValidated(
  images: readonly ImageMetadata[],
  kinds: readonly FeatureKind[],
  folds: Uint8Array,
): Float64Array {
  const columns = kinds.flatMap((kind) => kind.columns);
  const table = images.map((image) => Float64Array.from(columns, (column) => column(image)));
  const result = new Float64Array(images.length);
  for (let fold = 0; fold < metadataFolds; fold += 1) {
    const training = images.flatMap((_image, place) => (folds[place] === fold ? [] : [place]));
    const scale = standardisation(training.map((place) => table[place]!));
    const model = fitLogistic(
      training.map((place) => scale(table[place]!)),
      training.map((place) => images[place]!.label),
    );
    images.forEach((_image, place) => {
      if (folds[place] === fold) result[place] = predictLogistic(model, scale(table[place]!));
    });
  }
  return result;
}

/** Mean 0 and standard deviation 1 over the rows given; a column that does not vary becomes 0. */
function standardisation(rows: readonly Float64Array[]): (row: Float64Array) => Float64Array {
  const width = rows[0]?.length ?? 0;
  const means = Float64Array.from({ length: width }, (_unused, column) => mean(rows.map((row) => row[column]!)));
  const deviations = means.map((centre, column) => Math.sqrt(mean(rows.map((row) => (row[column]! - centre) ** 2))));
  return (row) =>
    row.map((value, column) => (deviations[column]! > 1e-12 ? (value - means[column]!) / deviations[column]! : 0));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
