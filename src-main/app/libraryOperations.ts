import { ExpectedError } from '../../src-shared/contract/errors.ts';
import type { ImportRequest, ImportResult, PatientRule } from '../../src-shared/contract/library.ts';
import type { JobContext } from '../../src-shared/contract/progress.ts';
import type { ClassSummary, SplitSummary } from '../../src-shared/contract/project.ts';
import {
  findLeakage,
  importPaths,
  matchSplitFiles,
  pictureKeys,
  previewPatientRule,
  readSplitFiles,
  sliceSpacing,
  splitByPatient,
} from '../library/index.ts';
import type { NewSplit } from '../store/splits.ts';
import type { ProjectStore } from '../store/index.ts';
import type { ApplicationParts } from './application.ts';

/** The library as the shells call it, on one open project. Whatever changes the images or their patients ends a split that no longer fits. */
export function libraryOperations(store: ProjectStore, parts: ApplicationParts) {
  const now = () => new Date().toISOString();
  const by = (origin: 'folder' | 'reader' | 'import') => ({ origin, author: parts.user, at: now() });

  const currentSplit = (): SplitSummary | null => {
    const split = store.splits.current();
    return split ? { ...split, leakage: findLeakage(store.splits.dataset()) } : null;
  };

  const saveSplit = (split: Omit<NewSplit, 'author' | 'at'>): SplitSummary => {
    store.splits.save({ ...split, author: parts.user, at: now() });
    return currentSplit()!;
  };

  /** Takes over the sets of official lists; images that no list names stay out of every set. */
  const splitFromFiles = async (directory: string): Promise<SplitSummary> => {
    const { sets } = matchSplitFiles(await readSplitFiles(directory), store.splits.labelled());
    return saveSplit({ method: 'files', ratio: null, seed: null, sets });
  };

  return {
    currentSplit,
    splitFromFiles,

    async importImages(request: ImportRequest, context: JobContext): Promise<ImportResult> {
      const result = await importPaths({ store: store.imports, decoder: parts.decoder }, request, context);
      if (request.label !== null && result.seen.length > 0) {
        store.classes.label(result.seen, store.classes.ensureClass(request.label), by('folder'));
      }
      if (request.set !== null && result.seen.length > 0) {
        const sets = new Map(store.splits.dataset().map((image) => [image.imageId, image.set]));
        for (const image of result.seen) sets.set(image, request.set);
        saveSplit({ method: 'import', ratio: null, seed: null, sets });
      }
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

    saveClasses: (classes: readonly (Pick<ClassSummary, 'name' | 'color' | 'positive'> & { id: number | null })[]) =>
      store.classes.saveClasses(classes),

    labelFolder: (sourceId: number, folder: string, classId: number | null): number =>
      store.classes.label(store.catalogue.folderImages(sourceId, folder), requireClass(store, classId), by('folder')),

    labelImages: (imageIds: readonly number[], classId: number | null): number =>
      store.classes.label(imageIds, requireClass(store, classId), by('reader')),

    previewPatientRule: (rule: PatientRule) => previewPatientRule(store.catalogue.pictureNames(), rule),

    setPatientRule(rule: PatientRule): void {
      const pictures = store.catalogue.pictureNames();
      const changed = store.catalogue.applyPatientRule(rule, pictureKeys(pictures, rule));
      if (changed) store.splits.end(now());
    },

    /** Patients with a fixed set keep it (images imported with `--set`); the others are drawn. */
    split(ratio: [number, number, number], seed: number): SplitSummary {
      const fixed = store.splits.current()?.method === 'import' ? store.splits.dataset() : [];
      const given = new Map(fixed.map((image) => [image.imageId, image.set]));
      const sets = splitByPatient(store.splits.labelled(), { ratio, seed, fixed: given });
      return saveSplit({ method: 'ratio', ratio, seed, sets });
    },
  };
}

function requireClass(store: ProjectStore, classId: number | null): number | null {
  if (classId === null || store.classes.classes().some((one) => one.id === classId)) return classId;
  throw new ExpectedError({
    code: 'NOT_FOUND',
    message: 'This class does not exist any more.',
    remedy: 'Choose another.',
  });
}
