import { sep } from 'node:path';
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import type { ImportRequest, ImportResult, PatientRule } from '../../src-shared/contract/library.ts';
import type { JobContext } from '../../src-shared/contract/progress.ts';
import type { ClassSummary } from '../../src-shared/contract/project.ts';
import type { SplitRequest, SplitSummary } from '../../src-shared/contract/splits.ts';
import type { SetName } from '../../src-shared/contract/vocabulary.ts';
import {
  foldsByPatient,
  importPaths,
  matchSplitFiles,
  pictureKeys,
  previewPatientRule,
  readSplitFiles,
  setsOfFold,
  sliceSpacing,
  splitByPatient,
} from '../library/index.ts';
import type { LabelledImage, NewSplit } from '../store/splits.ts';
import type { ProjectStore } from '../store/index.ts';
import type { ApplicationParts } from './parts.ts';

/** The library as the shells call it, on one open project. Whatever changes the images or their patients ends a split that no longer fits. */
export function libraryOperations(store: ProjectStore, parts: ApplicationParts) {
  const now = () => new Date().toISOString();
  const by = (origin: 'folder' | 'reader' | 'import') => ({ origin, author: parts.user, at: now() });

  const currentSplit = (): SplitSummary | null => {
    const split = store.splits.current();
    if (split === null) return null;
    store.findings.refresh(now());
    const leakage = store.findings.findings().filter(({ kind, state }) => kind === 'leakage' && state !== 'resolved');
    return { ...split, leakage };
  };

  const saveSplit = (split: Omit<NewSplit, 'author' | 'at'>): SplitSummary => {
    store.splits.save({ ...split, author: parts.user, at: now() });
    return currentSplit()!;
  };

  /** Takes over the sets of official lists; images that no list names stay out of every set. */
  const splitFromFiles = async (directory: string): Promise<SplitSummary> => {
    const { sets, second } = matchSplitFiles(await readSplitFiles(directory), [
      ...store.splits.labelled(),
      ...store.splits.labelledCopies(),
    ]);
    const split = saveSplit({ method: 'files', ratio: null, seed: null, sets });
    store.splits.claim(second);
    return second.size === 0 ? split : currentSplit()!;
  };

  /** Images imported into a set. A copy of a file that has another set keeps that one; that it was given for two is a finding. */
  const setAtImport = (imageIds: readonly number[], paths: readonly string[], set: SetName): void => {
    const sets = new Map(store.splits.dataset().map((image) => [image.imageId, image.set]));
    const known = new Map(store.splits.everyLabelled().map(({ imageId, path }) => [imageId, path]));
    const claims = new Map<number, SetName>();
    for (const image of imageIds) {
      const copy = !paths.some((path) => isBelow(known.get(image) ?? path, path));
      if (copy && (sets.get(image) ?? set) !== set) claims.set(image, set);
      else sets.set(image, set);
    }
    saveSplit({ method: 'import', ratio: null, seed: null, sets });
    store.splits.claim(claims);
  };

  return {
    currentSplit,
    splitFromFiles,

    async importImages(request: ImportRequest, context: JobContext): Promise<ImportResult> {
      const result = await importPaths({ store: store.imports, decoder: parts.decoder }, request, context);
      if (request.label !== null && result.seen.length > 0) {
        store.classes.label(result.seen, store.classes.ensureClass(request.label), by('folder'));
      }
      if (request.set !== null && result.seen.length > 0) setAtImport(result.seen, request.paths, request.set);
      if (request.splitFiles !== null) await splitFromFiles(request.splitFiles);
      const { images, patients } = store.catalogue.counts();
      return { imported: result.imported, duplicates: result.duplicates, rejected: result.rejected, images, patients };
    },

    /** The images to scroll through around one, and how the slices of a series lie. */
    stack(imageId: number) {
      const { places, ...stack } = store.catalogue.stack(imageId);
      return { ...stack, spacing: stack.kind === 'series' ? sliceSpacing(places) : null };
    },

    rejections: store.rejections,

    saveClasses: (
      classes: readonly (Pick<ClassSummary, 'name' | 'color' | 'positive' | 'key'> & { id: number | null })[],
    ) => store.classes.saveClasses(classes),

    previewPatientRule: (rule: PatientRule) => previewPatientRule(store.patients.pictureNames(), rule),

    patientRule: store.patients.patientRule,

    setPatientRule(rule: PatientRule): void {
      const pictures = store.patients.pictureNames();
      const changed = store.patients.applyPatientRule(rule, pictureKeys(pictures, rule));
      if (changed) store.splits.end(now());
    },

    /**
     * Patients with a fixed set keep it (images imported with `--set`, folders given here, the test set where asked); the others are drawn,
     * into the three sets or into folds.
     */
    split(request: SplitRequest): SplitSummary {
      const { ratio, seed, folds } = request;
      const images = store.splits.labelled();
      const fixed = fixedSets(store, request, images);
      const options = {
        seed,
        fixed,
        together: request.keepDuplicatesTogether ? store.measures.duplicatePatients() : [],
        ...(request.keepTest ? { closed: 'test' as const } : {}),
      };
      const reason = request.keepTest ? 'the test set kept' : null;
      if (folds === null) {
        const sets = splitByPatient(images, { ...options, ratio });
        const method = request.fixed.length > 0 ? 'folders' : 'ratio';
        return saveSplit({ method, ratio, seed, sets, reason });
      }
      const share = (100 * ratio[2]) / Math.max(1e-9, ratio[0] + ratio[1] + ratio[2]);
      const dealt = foldsByPatient(images, { ...options, folds, testShare: share });
      return saveSplit({
        method: 'folds',
        ratio: null,
        seed,
        sets: dealt.sets,
        folds: { count: folds, chosen: 1, byImage: dealt.byImage },
        reason,
      });
    },

    /** Makes another fold of the split in force the validation set. */
    chooseFold(fold: number): SplitSummary {
      const split = store.splits.current();
      if (split?.method !== 'folds' || split.folds === null || fold < 1 || fold > split.folds) throw noFold(fold);
      const images = store.splits.everyLabelled();
      const byImage = new Map(images.flatMap((image) => (image.fold === null ? [] : [[image.imageId, image.fold]])));
      const test = images.filter((image) => image.set === 'test' && image.fold === null).map(({ imageId }) => imageId);
      return saveSplit({
        method: 'folds',
        ratio: null,
        seed: split.seed,
        sets: setsOfFold(test, byImage, fold),
        folds: { count: split.folds, chosen: fold, byImage },
      });
    },

    splitHistory: () => store.splits.history(),
  };
}

/** Sets that are given before anything is drawn. */
function fixedSets(store: ProjectStore, request: SplitRequest, images: readonly LabelledImage[]): Map<number, SetName> {
  const fixed = new Map<number, SetName>();
  if (store.splits.current()?.method === 'import') {
    for (const { imageId, set } of images) if (set !== null) fixed.set(imageId, set);
  }
  for (const { sourceId, folder, set } of request.fixed) {
    for (const image of store.catalogue.folderImages(sourceId, folder)) fixed.set(image, set);
  }
  if (!request.keepTest) return fixed;
  for (const [image, set] of fixed) if (set === 'test') fixed.delete(image);
  for (const { imageId, set } of images) if (set === 'test') fixed.set(imageId, 'test');
  return fixed;
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

function noFold(fold: number): ExpectedError {
  return new ExpectedError({
    code: 'INVALID_INPUT',
    message: `There is no fold ${fold}: the split in force has no such fold.`,
    kept: 'The split is as it was.',
    remedy: 'Split into folds first.',
  });
}
