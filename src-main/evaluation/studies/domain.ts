/** Whether a picture lies outside of what a run was trained on, by facts that need no model. */

/** What is known of one picture. */
export interface PictureFacts {
  /** As files name it, e.g. DICOM or PNG. */
  fileType: string;
  /** DICOM modality; null where the file does not say. */
  modality: string | null;
  /** The values are Hounsfield units, so that the run's window applies. */
  hounsfield: boolean;
  rows: number;
  columns: number;
  /** Mean and standard deviation of the network's input, gray levels 0 … 255; null where not measured. */
  gray: { mean: number; deviation: number } | null;
}

export interface Range {
  least: number;
  greatest: number;
}

/** What the training images of a run had. */
export interface TrainingProfile {
  images: number;
  fileTypes: string[];
  modalities: string[];
  /** Some, and some not, in Hounsfield units. */
  hounsfield: boolean;
  plain: boolean;
  rows: Range;
  columns: Range;
  /** Null where no training image could be read again. */
  gray: { mean: Range; deviation: Range } | null;
}

/** Sizes may leave the range of the training images by this factor before it is worth a word. */
const sizeFactor = 1.5;
/** Gray levels by which mean and spread may leave the range of the training images. */
const grayMargin = 10;

/** Null without training images. */
export function trainingProfile(pictures: readonly PictureFacts[]): TrainingProfile | null {
  if (pictures.length === 0) return null;
  const measured = pictures.flatMap((picture) => (picture.gray === null ? [] : [picture.gray]));
  return {
    images: pictures.length,
    fileTypes: [...new Set(pictures.map((picture) => picture.fileType))].sort(),
    modalities: [...new Set(pictures.flatMap((picture) => picture.modality ?? []))].sort(),
    hounsfield: pictures.some((picture) => picture.hounsfield),
    plain: pictures.some((picture) => !picture.hounsfield),
    rows: rangeOf(pictures.map((picture) => picture.rows)),
    columns: rangeOf(pictures.map((picture) => picture.columns)),
    gray:
      measured.length === 0
        ? null
        : {
            mean: rangeOf(measured.map((gray) => gray.mean)),
            deviation: rangeOf(measured.map((gray) => gray.deviation)),
          },
  };
}

/** In words, what this picture has that no training image had. Empty where nothing is unusual. */
export function outsideTraining(picture: PictureFacts, profile: TrainingProfile, window: string): string[] {
  const found: string[] = [];
  if (picture.modality !== null && profile.modalities.length > 0 && !profile.modalities.includes(picture.modality)) {
    found.push(`Modality ${picture.modality}: the run was trained on ${profile.modalities.join(', ')}.`);
  }
  if (!picture.hounsfield && !profile.plain) {
    found.push(
      `No Hounsfield units: the run’s window (${window}) cannot be applied, gray levels are taken as they are.`,
    );
  }
  if (picture.hounsfield && !profile.hounsfield) {
    found.push('Hounsfield units: the run was trained on plain gray pictures only.');
  }
  if (!profile.fileTypes.includes(picture.fileType)) {
    found.push(`File type ${picture.fileType}: the run was trained on ${profile.fileTypes.join(', ')}.`);
  }
  if (isFar(picture.rows, profile.rows) || isFar(picture.columns, profile.columns)) {
    found.push(
      `Size ${picture.columns} × ${picture.rows}: the run was trained on ${words(profile.columns)} × ${words(profile.rows)}.`,
    );
  }
  if (picture.gray !== null && profile.gray !== null) {
    const { mean, deviation } = profile.gray;
    if (leaves(picture.gray.mean, mean) || leaves(picture.gray.deviation, deviation)) {
      found.push(
        `Gray levels: mean ${picture.gray.mean.toFixed(0)} and spread ${picture.gray.deviation.toFixed(0)}; in training ${words(mean)} and ${words(deviation)}.`,
      );
    }
  }
  return found;
}

/** Mean and standard deviation of gray bytes. */
export function grayFacts(bytes: Uint8Array): { mean: number; deviation: number } {
  let sum = 0;
  let squares = 0;
  for (const value of bytes) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / bytes.length;
  return { mean, deviation: Math.sqrt(Math.max(0, squares / bytes.length - mean * mean)) };
}

function rangeOf(values: readonly number[]): Range {
  return values.reduce<Range>(
    ({ least, greatest }, value) => ({ least: Math.min(least, value), greatest: Math.max(greatest, value) }),
    { least: Number.POSITIVE_INFINITY, greatest: Number.NEGATIVE_INFINITY },
  );
}

function isFar(value: number, { least, greatest }: Range): boolean {
  return value * sizeFactor < least || value > greatest * sizeFactor;
}

function leaves(value: number, { least, greatest }: Range): boolean {
  return value < least - grayMargin || value > greatest + grayMargin;
}

function words({ least, greatest }: Range): string {
  const [low, high] = [least.toFixed(0), greatest.toFixed(0)];
  return low === high ? low : `${low}–${high}`;
}
