/** Which patient an image belongs to: PatientID for DICOM, a rule on file names that the user sees and can change for plain pictures. */
import { runInNewContext } from 'node:vm';
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import type { PatientRule } from '../../src-shared/contract/library.ts';
import type { DicomFacts } from './outcomes.ts';

/** Where a plain picture lies; `folder` is below its source, '/' between names. */
export interface PictureName {
  imageId: number;
  sourceId: number;
  folder: string;
  fileName: string;
}

/**
 * COVID-CT names its COVID pictures after paper, page and figure (`2020.02.10.20021584-p6-52%3.png`), the others with a number,
 * of a file or of a figure with several panels (`21%1.jpg`, `1029.png`). Several figures of one paper may show one patient, so the
 * paper is the patient; numbers of JPEGs and of PNGs come from different collections and are not the same.
 */
const paperName = /^(\d{4}\.\d{2}\.\d{2}\.\d+)-p\d+/;
const numberName = /^(\d+)(?:%\d+)?(\.[^.]+)$/;

/** Time for one pattern on all names of a chunk: a pattern that backtracks without end is refused. */
const patternMilliseconds = 500;
const patternChunk = 5000;
const longestName = 255;

/** The rule's patient of each picture; null where the rule does not fit the name. */
export function patientsByRule(pictures: readonly PictureName[], rule: PatientRule): (string | null)[] {
  switch (rule.kind) {
    case 'whole-name':
      return pictures.map(({ folder, fileName }) => (folder === '' ? fileName : `${folder}/${fileName}`));
    case 'folder':
      return pictures.map(({ folder }) => (folder === '' ? null : folder));
    case 'covid-ct':
      return pictures.map(({ fileName }) => covidCtPatient(fileName));
    case 'regex':
      return firstCaptures(
        pictures.map(({ fileName }) => fileName),
        rule.pattern,
      );
  }
}

export function covidCtPatient(fileName: string): string | null {
  const paper = paperName.exec(fileName);
  if (paper !== null) return paper[1]!;
  const number = numberName.exec(fileName);
  if (number !== null) return `${number[1]}${number[2]!.toLowerCase()}`;
  const figure = /^(.+)%\d+\.[^.]+$/.exec(fileName);
  return figure === null ? null : figure[1]!;
}

/** Runs in a context of its own with a time limit, because a user's pattern may backtrack exponentially. */
function firstCaptures(names: readonly string[], pattern: string): (string | null)[] {
  try {
    new RegExp(pattern, 'u');
  } catch (cause) {
    throw badPattern('is not a valid regular expression', cause);
  }
  if (!/\((?!\?)|\(\?</.test(pattern)) throw badPattern('has no capture group in parentheses');
  const captures: (string | null)[] = [];
  for (let at = 0; at < names.length; at += patternChunk) {
    captures.push(...runPattern(names.slice(at, at + patternChunk), pattern));
  }
  return captures;
}

function runPattern(names: readonly string[], pattern: string): (string | null)[] {
  const script = `names.map((name) => { const found = new RegExp(pattern, 'u').exec(name); return found === null ? null : (found[1] ?? null); })`;
  try {
    const shortened = names.map((name) => name.slice(0, longestName));
    const found: unknown = runInNewContext(script, { names: shortened, pattern }, { timeout: patternMilliseconds });
    if (!Array.isArray(found)) throw new TypeError('no list came back');
    return Array.from(found, (one: unknown) => (typeof one === 'string' && one !== '' ? one : null));
  } catch (cause) {
    throw badPattern('takes too long on the names of this project', cause);
  }
}

function badPattern(what: string, cause?: unknown): ExpectedError {
  return new ExpectedError(
    {
      code: 'INVALID_INPUT',
      message: `The pattern for patients ${what}.`,
      remedy: 'Use a simple pattern with one pair of parentheses around the patient, such as ^(patient\\d+)_',
    },
    { cause },
  );
}

/** Key under which each image's patient is stored, by image id; a picture that the rule does not fit is a patient of its own. */
export function pictureKeys(pictures: readonly PictureName[], rule: PatientRule): Map<number, string> {
  // Folders and whole names mean something within their source only; what a name says of the patient holds everywhere.
  const local = rule.kind === 'whole-name' || rule.kind === 'folder';
  const patients = patientsByRule(pictures, rule);
  return new Map(
    pictures.map(({ imageId, sourceId, folder, fileName }, index) => {
      const patient = patients[index]!;
      if (patient === null) return [imageId, `picture:${sourceId}:${folder}/${fileName}`];
      return [imageId, local ? `${rule.kind}:${sourceId}:${patient}` : `${rule.kind}:${patient}`];
    }),
  );
}

/** Without a PatientID the study is the patient, then the series, then the file itself. */
export function dicomKey(facts: DicomFacts, fileSha256: string): string {
  if (facts.patientId !== null) return `dicom:${facts.issuerOfPatientId ?? ''}:${facts.patientId}`;
  if (facts.studyUid !== null) return `study:${facts.studyUid}`;
  if (facts.seriesUid !== null) return `series:${facts.seriesUid}`;
  return `file:${fileSha256}`;
}

export interface PatientRulePreview {
  images: number;
  patients: number;
  unmatched: number;
  examples: { fileName: string; patient: string | null }[];
}

/** What a rule would make of the pictures; examples are spread over all of them. */
export function previewPatientRule(
  pictures: readonly PictureName[],
  rule: PatientRule,
  examples = 20,
): PatientRulePreview {
  const patients = patientsByRule(pictures, rule);
  const step = Math.max(1, Math.floor(pictures.length / examples));
  const shown = pictures.flatMap(({ fileName }, index) =>
    index % step === 0 ? [{ fileName, patient: patients[index]! }] : [],
  );
  return {
    images: pictures.length,
    patients: new Set(pictureKeys(pictures, rule).values()).size,
    unmatched: patients.filter((patient) => patient === null).length,
    examples: shown.slice(0, examples),
  };
}

/** Words before the patient's number or name. */
const patientWords = ['patient', 'pat', 'pt', 'case', 'subject', 'sub', 'subj', 'id'].map(caseless).join('|');
const numberedWords = `${patientWords}|${['volume', 'vol', 'study', 'coronacases'].map(caseless).join('|')}`;

/**
 * Names that tell the patient, the surest first; one is proposed when it fits nearly all names. A word at the beginning (`patient12_slice1.png`, `P001_3.png`);
 * class, patient, scan and slice of the China Consortium of Chest CT Image Investigation (`NCP_96_1328_0032.png`); collections of the Cancer Imaging
 * Archive (`LIDC-IDRI-0001_slice12.png`); a word further on, behind what tells classes or sites apart (`137covid_patient1_SR_2_IM00005.png`).
 */
const tellingNames: readonly string[] = [
  `^((?:${patientWords})[ _-]?[0-9A-Za-z]+)`,
  `^((?:${numberedWords})[ _-]?\\d+|[pP]\\d+)[ _.-]`,
  '^((?:NCP|CP|Normal)_\\d+)_\\d+_\\d+\\.',
  '^((?:LIDC-IDRI|LUNG1|COVID-19-AR)-\\d+)[ _.-]',
  `^(.*?[ _-](?:${numberedWords})[ _-]?\\d+)[ _.-]`,
];

/** Folders named after their patient: `P001`, `patient_12`, `LIDC-IDRI-0001`, `00123`; not `0` and `1` or `fold2`. */
const patientFolder = new RegExp(`^(?:${numberedWords})[ _-]?\\d+$|^[A-Za-z][A-Za-z-]*[ _-]?\\d{3,}$|^\\d{3,}$`);
const leastPatientFolders = 3;

const fitting = 0.9;

/**
 * The rule proposed for these pictures: COVID-CT's when the names are its, a pattern when nearly all names tell the patient, the folder when
 * nearly all lie in folders named after patients, else each its own. `folders` has the folder of each name, below its source.
 */
export function proposePatientRule(fileNames: readonly string[], folders: readonly string[] = []): PatientRule {
  const share = (pattern: RegExp): number =>
    fileNames.filter((name) => pattern.test(name)).length / Math.max(1, fileNames.length);
  const numbered = share(numberName) === 1 && fileNames.some((name) => name.includes('%'));
  if (share(paperName) > 0.5 || share(/^.+%\d+\.[^.]+$/) > 0.5 || numbered) return { kind: 'covid-ct' };
  const pattern = tellingNames.find((one) => share(new RegExp(one, 'u')) > fitting);
  if (pattern !== undefined) return { kind: 'regex', pattern };
  return areOfPatients(folders) ? { kind: 'folder' } : { kind: 'whole-name' };
}

function areOfPatients(folders: readonly string[]): boolean {
  const own = folders.filter((folder) => patientFolder.test(folder.split('/').at(-1)!));
  const patients = new Set(own).size;
  return own.length > fitting * folders.length && patients >= leastPatientFolders && own.length > patients;
}

/** Patterns are case-sensitive; letters of the words become classes of both cases. */
function caseless(word: string): string {
  return [...word].map((letter) => `[${letter}${letter.toUpperCase()}]`).join('');
}
