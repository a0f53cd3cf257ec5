import { randomInt, randomUUID } from 'node:crypto';
import { open, realpath, rm } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { z } from 'zod';
import type { InputsFile } from '../../src-shared/contract/compute.ts';
import { ExpectedError, noModel } from '../../src-shared/contract/errors.ts';
import type { JobContext } from '../../src-shared/contract/progress.ts';
import type {
  studyRequestSchema,
  StudyDocument,
  StudyImage,
  StudyPatient,
  StudyRequest,
} from '../../src-shared/contract/studies.ts';
import { formatNumber } from '../../src-shared/domain/format.ts';
import { aggregate, grayFacts, outsideTraining, type EvaluatedRun, type TrainingProfile } from '../evaluation/index.ts';
import { findNewPictures, type NewPicture } from '../library/index.ts';
import type { ImageFile } from '../store/catalogue.ts';
import type { ProjectStore } from '../store/index.ts';
import { prepareInputs } from '../training/index.ts';
import type { ApplicationParts } from './parts.ts';
import { createDroppedFiles } from './droppedFiles.ts';
import { trainingProfiles } from './trainingProfiles.ts';

/** Results that stay at hand while the project is open. */
const mostKept = 5;
const researchNotice = 'The model’s output, not a diagnosis. For research use. Not a medical device.';

interface NewFrame {
  picture: NewPicture;
  frame: number;
}

export interface StudyParts {
  evaluatedRun(run: string): EvaluatedRun | null;
  predictInputs(run: EvaluatedRun, inputs: InputsFile, context: JobContext): Promise<number[][]>;
}

/** New studies: what a run says of pictures outside of the library. Nothing of them is stored in the project. */
export function studyOperations(path: string, store: ProjectStore, parts: ApplicationParts, evaluation: StudyParts) {
  const profiles = trainingProfiles(store, parts);
  const kept: StudyDocument[] = [];
  const files = new Map<number, ImageFile>();
  const dropped = createDroppedFiles(join(path, 'cache', 'dropped'));
  /** Batch of dropped files that a result rests on, by its id. */
  const batches = new Map<string, string>();
  // Begins anywhere, so that a page never takes a picture that it has kept for one of another session.
  let lastId = -randomInt(1, 2 ** 40);

  const predict = async (run: EvaluatedRun, frames: readonly NewFrame[], context: JobContext) => {
    const images = frames.map(fileOf);
    const directory = join(path, 'cache', 'studies');
    const inputs = await prepareInputs(parts.decoder, images, run.preprocessing, directory, context);
    try {
      const gray = await grayOf(inputs.path, inputs.count, inputs.size);
      return { gray, probabilities: await evaluation.predictInputs(run, inputs, context) };
    } finally {
      await rm(inputs.path, { force: true });
    }
  };

  const forget = async (old: StudyDocument): Promise<void> => {
    for (const image of old.predictions) files.delete(image.imageId);
    const batch = batches.get(old.id);
    batches.delete(old.id);
    if (batch !== undefined) await dropped.remove(batch);
  };

  const study = async (
    { run: id, paths }: Pick<StudyRequest, 'run' | 'paths'>,
    batch: string | null,
    context: JobContext,
  ): Promise<StudyDocument> => {
    const run = evaluation.evaluatedRun(id);
    if (!run) throw noModel(id);
    const rule = store.patients.patientRule() ?? { kind: 'whole-name' };
    const root = batch === null ? null : await realpath(dropped.folder(batch));
    const sources = root === null ? paths : [...paths, root];
    if (sources.length === 0) throw nothingChosen();
    const { pictures, rejected } = await findNewPictures(parts.decoder, sources, rule, context);
    const frames = pictures.flatMap((picture) =>
      Array.from({ length: picture.inspected.frames }, (_unused, frame): NewFrame => ({ picture, frame })),
    );
    const profile = frames.length === 0 ? null : await profiles.of(id, run, context);
    const { gray, probabilities } =
      frames.length === 0 ? { gray: [], probabilities: [] } : await predict(run, frames, context);
    const hounsfield = await unitsOf(parts, pictures);
    const point = thresholdOf(store, id);
    const names = patientNames(pictures);
    const predictions = frames.map((frame, place): StudyImage => {
      const imageId = --lastId;
      files.set(imageId, fileOf(frame));
      const { inspected, fileName, path: filePath, patientKey } = frame.picture;
      const facts = {
        fileType: inspected.format.toUpperCase(),
        modality: inspected.dicom?.modality ?? null,
        hounsfield: hounsfield.get(filePath) ?? false,
        rows: inspected.rows,
        columns: inspected.columns,
        gray: gray[place]!,
      };
      return {
        imageId,
        path: shownPath(root, filePath),
        fileName,
        frame: frame.frame,
        fileSha256: inspected.fileSha256,
        patient: names.get(patientKey)!,
        ...decide(run, probabilities[place]!, point.threshold),
        warnings: profile === null ? [] : outsideTraining(facts, profile, windowWords(run)),
      };
    });
    const document: StudyDocument = {
      id: randomUUID(),
      run: id,
      at: new Date().toISOString(),
      positiveClass: run.positiveClass,
      ...point,
      aggregation: store.evaluations.document(id, 'validation')?.patientLevel?.aggregation ?? 'mean',
      predictions,
      patients: [],
      rejected: rejected.map((one) => ({ ...one, path: shownPath(root, one.path) })),
      warnings: generalWarnings(store, id, point, profile),
      notice: researchNotice,
    };
    document.patients = patientsOf(document, run);
    kept.unshift(document);
    if (batch !== null) batches.set(document.id, batch);
    await Promise.all(kept.splice(mostKept).map(forget));
    return document;
  };

  return {
    /** File of an image by its id: below 0 a picture of a new study, else one of the library. */
    imageFile(id: number): ImageFile {
      if (id >= 0) return store.catalogue.imageFile(id);
      const file = files.get(id);
      if (file) return file;
      throw new ExpectedError({
        code: 'NOT_FOUND',
        message: 'This picture is not at hand any more.',
        remedy: 'Choose its folder or file again.',
      });
    },

    studies: (): StudyDocument[] => kept,

    /** Bytes of files that a page cannot name, kept below the project's cache until their result is forgotten. */
    dropped,

    /** Forgets a result with everything that was kept for it. */
    async forgetStudy(id: string): Promise<void> {
      const at = kept.findIndex((one) => one.id === id);
      await Promise.all(kept.splice(at < 0 ? kept.length : at, 1).map(forget));
    },

    async predictStudies(request: z.input<typeof studyRequestSchema>, context: JobContext): Promise<StudyDocument> {
      const batch = request.dropped ?? null;
      try {
        return await study(request, batch, context);
      } catch (error) {
        if (batch !== null) await dropped.remove(batch);
        throw error;
      }
    },
  };
}

/** Where a file lies; of a dropped one what the page called it. */
function shownPath(root: string | null, path: string): string {
  return root !== null && path.startsWith(root + sep) ? relative(root, path).split(sep).join('/') : path;
}

function nothingChosen(): ExpectedError {
  return new ExpectedError({
    code: 'INVALID_INPUT',
    message: 'No picture was chosen.',
    remedy: 'Choose or drop files or folders.',
  });
}

function fileOf({ picture, frame }: NewFrame): ImageFile {
  return { path: picture.path, frame, fileSha256: picture.inspected.fileSha256 };
}

/** Mean and spread of each network input, read from the prepared file. */
async function grayOf(path: string, count: number, size: number) {
  const file = await open(path, 'r');
  try {
    const bytes = new Uint8Array(size * size);
    const facts: { mean: number; deviation: number }[] = [];
    for (let place = 0; place < count; place += 1) {
      await file.read(bytes, 0, bytes.length, place * bytes.length);
      facts.push(grayFacts(bytes));
    }
    return facts;
  } finally {
    await file.close();
  }
}

/** Which files are in Hounsfield units. */
async function unitsOf(parts: ApplicationParts, pictures: readonly NewPicture[]): Promise<Map<string, boolean>> {
  const units = new Map<string, boolean>();
  for (const { path, inspected } of pictures) {
    if (inspected.dicom === null) continue;
    const frame = await parts.decoder.decodeFrame(path, 0);
    units.set(path, frame.kind === 'frame' && frame.isHounsfield);
  }
  return units;
}

/** Made-up names in the order of the files. */
function patientNames(pictures: readonly NewPicture[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const { patientKey } of pictures) {
    if (!names.has(patientKey)) names.set(patientKey, `New ${names.size + 1}`);
  }
  return names;
}

/** With more than two classes the likeliest of the others is named where the positive class is not called. */
function decide(run: EvaluatedRun, row: readonly number[], threshold: number) {
  const positive = run.classes.indexOf(run.positiveClass);
  const highest = row.indexOf(Math.max(...row.map((value, place) => (place === positive ? -1 : value))));
  const probability = row[positive]!;
  return {
    probabilities: Object.fromEntries(run.classes.map((name, place) => [name, row[place]!])),
    probability,
    decision: run.classes[probability >= threshold ? positive : highest]!,
  };
}

function patientsOf(
  { predictions, aggregation, threshold, positiveClass }: StudyDocument,
  run: EvaluatedRun,
): StudyPatient[] {
  const others = run.classes.filter((name) => name !== positiveClass);
  const negative = others.length === 1 ? others[0]! : `not ${positiveClass}`;
  return [...Map.groupBy(predictions, (image) => image.patient)].map(([patient, images]) => {
    const probability = aggregate(
      images.map((image) => image.probability),
      aggregation,
    );
    return {
      patient,
      images: images.length,
      probability,
      decision: probability >= threshold ? positiveClass : negative,
      warned: images.filter((image) => image.warnings.length > 0).length,
    };
  });
}

function thresholdOf(store: ProjectStore, run: string): Pick<StudyDocument, 'threshold' | 'thresholdFrom'> {
  const frozen = store.evaluations.frozenPoints(run).at(-1);
  if (frozen) return { threshold: frozen.threshold, thresholdFrom: 'frozen' };
  const chosen = store.evaluations.document(run, 'validation')?.operatingPoint.threshold;
  return chosen === undefined
    ? { threshold: 0.5, thresholdFrom: 'default' }
    : { threshold: chosen, thresholdFrom: 'validation' };
}

function generalWarnings(
  store: ProjectStore,
  run: string,
  { thresholdFrom }: Pick<StudyDocument, 'thresholdFrom'>,
  profile: TrainingProfile | null,
): string[] {
  const found: string[] = [];
  if (thresholdFrom === 'default') found.push('The run was never evaluated: the threshold of 0.5 is a guess.');
  if (store.evaluations.document(run, 'test') === null) {
    found.push('The run was not tested yet: how often it is right on patients that it has not seen is not known.');
  }
  if (profile === null)
    found.push('Nothing is known of the training images; whether these pictures are like them is not checked.');
  else if (profile.gray === null) {
    found.push('No training image could be read again; gray levels are not compared.');
  }
  return found;
}

function windowWords({ preprocessing: { window } }: EvaluatedRun): string {
  return window === null ? 'the file’s own' : `${formatNumber(window.width, 0)}/${formatNumber(window.level, 0)} HU`;
}
