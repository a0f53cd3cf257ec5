import type { Finding } from '../../src-shared/contract/findings.ts';
import type { SplitSummary } from '../../src-shared/contract/splits.ts';
import { formatQuantity } from '../../src-shared/domain/format.ts';
import type { Flow, ReportModel } from './model.ts';
import type { ReportData, ReportSource } from './ports.ts';

/** Refusal codes in words that name no file. Other codes are printed as they are, in lower case. */
const refusalWords: Readonly<Record<string, string>> = {
  EMPTY_FILE: 'empty file',
  UNREADABLE: 'could not be read',
  TOO_LARGE: 'too large',
  NOT_AN_IMAGE: 'not an image',
  FORMAT_UNSUPPORTED: 'format not supported',
  DICOM_DAMAGED: 'damaged DICOM file',
  DICOM_TRUNCATED: 'truncated DICOM file',
  DICOMDIR: 'DICOM directory, no image',
  STRUCTURED_REPORT: 'structured report, no image',
  KEY_OBJECT: 'key object, no image',
  PRESENTATION_STATE: 'presentation state, no image',
  NO_PIXEL_DATA: 'no pixel data',
  TRANSFER_SYNTAX_MISSING: 'transfer syntax missing',
  TRANSFER_SYNTAX_UNSUPPORTED: 'transfer syntax not supported',
  PIXEL_DATA_SHORT: 'pixel data incomplete',
  PIXEL_DATA_DAMAGED: 'damaged pixel data',
  PICTURE_DAMAGED: 'damaged picture',
};

const labelWords = {
  folder: 'by the folder that held the image',
  reader: 'by a reader in the viewer',
  import: 'by the list given at import',
} as const;

/** Section 2 of the report: where the images come from, what was left out, who labelled, how they were split. */
export function dataSection(source: ReportSource): ReportModel['data'] {
  const data = source.data();
  const split = source.split();
  return {
    sources: data.sources.map((one, place) => ({
      name: `Source ${place + 1}`,
      formats: one.formats.map(({ format, files }) => `${format} (${formatQuantity(files, 'file')})`).join(', '),
      images: one.images,
      patients: one.patients,
    })),
    flow: flow(data, split),
    labels: labelSentences(data),
    deidentification:
      'This report names patients and images by pseudonyms of the project. It holds no patient name, identifier, date of examination, file or folder name. The originals were read only and were not changed.',
    split: [...splitSentences(split), ...data.testSetActs],
    findings: data.findings.map(findingSentence),
  };
}

function flow(data: ReportData, split: SplitSummary | null): Flow {
  return {
    filesFound: data.filesFound,
    duplicates: data.duplicates,
    refused: data.refusals.map(({ code, files }) => ({
      reason: refusalWords[code] ?? code.toLowerCase().replaceAll('_', ' '),
      files,
    })),
    images: data.images,
    patients: data.patients,
    unlabelled: data.unlabelledImages,
    outsideSplit: data.labelledOutsideSplit,
    excluded: data.exclusions,
    sets: (split?.sets ?? []).map((set) => ({
      set: set.set,
      images: set.images,
      patients: set.patients,
      classes: Object.entries(set.classes).map(([name, images]) => ({ name, images })),
    })),
  };
}

function labelSentences(data: ReportData): string[] {
  if (data.labels.length === 0) return ['No image has a label.'];
  const sentences = data.labels.map(
    ({ origin, images }) => `${formatQuantity(images, 'image')} labelled ${labelWords[origin]}.`,
  );
  return [
    ...sentences,
    `${formatQuantity(data.labelAuthors, 'person', 'people')} set labels; every change is kept in the project’s history.`,
  ];
}

function splitSentences(split: SplitSummary | null): string[] {
  if (split === null) return ['The images are not split into sets.'];
  const when = split.createdAt.slice(0, 10);
  const how = {
    ratio: `Patients were drawn at random within classes into training, validation and test (${split.ratio?.join('/') ?? '–'} percent, seed ${split.seed ?? '–'}) on ${when}.`,
    files: `The sets were given by the lists of an official split, read on ${when}.`,
    import: `The sets were given when the images were imported, last on ${when}.`,
    folds: `Patients were dealt at random within classes into ${split.folds ?? 0} folds (seed ${split.seed ?? '–'}) on ${when}; fold ${split.fold ?? 0} is the validation set.`,
    folders: `Some folders had their set given; all other patients were drawn at random within classes (${split.ratio?.join('/') ?? '–'} percent, seed ${split.seed ?? '–'}) on ${when}.`,
  }[split.method];
  const changes =
    split.changes > 0 ? [`${formatQuantity(split.changes, 'image')} moved to another set after that, on record.`] : [];
  const level =
    split.leakage.length === 0
      ? 'No patient, file or identical image is in more than one set.'
      : 'The sets are not fully disjoint; see the findings.';
  return [how, ...changes, level];
}

/** Words of its own for leakage: the interface's name patients and files. A shortcut names classes and their figures only. */
const leakageWords: Partial<Record<Finding['code'], string>> = {
  PATIENT_IN_TWO_SETS: 'Patients are in more than one set',
  SAME_FILE_IN_TWO_SETS: 'The same file is in more than one set',
  SAME_PIXELS_IN_TWO_SETS: 'Images with the same pixels are in more than one set',
  NEAR_DUPLICATE_IN_TWO_SETS: 'Images that show nearly the same are in more than one set',
};

function findingSentence({ code, sets, imageCount, message, state, reasons }: Finding): string {
  const words = leakageWords[code];
  const what =
    words === undefined ? message : `${words} (${sets.join(', ')}): ${formatQuantity(imageCount, 'image')} concerned.`;
  if (state === 'open') return what;
  if (state === 'resolved') return `Resolved: ${what}`;
  return `Accepted: ${what} Reason given: ${reasons.join('; ')}`;
}
