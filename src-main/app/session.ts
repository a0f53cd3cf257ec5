import { existsSync } from 'node:fs';

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import type { ProjectSummary } from '../../src-shared/contract/project.ts';
import { softwareVersion } from '../platform/version.ts';
import { createPictureCache, openProjectStore } from '../store/index.ts';
import type { ApplicationParts } from './parts.ts';
import { auditOperations } from './auditOperations.ts';
import { checkOperations } from './checkOperations.ts';
import { comparisonStudyOperations } from './comparisonStudyOperations.ts';
import { diskUseOperations } from './diskUseOperations.ts';
import { evaluationOperations } from './evaluationOperations.ts';
import { heatMapOperations } from './heatMapOperations.ts';
import { failurePictures } from './failurePictures.ts';
import { figureOperations } from './figureOperations.ts';
import { labellingOperations } from './labellingOperations.ts';
import { libraryOperations } from './libraryOperations.ts';
import { modelOperations } from './modelOperations.ts';
import { reportOperations } from './reportOperations.ts';
import { reviewOperations } from './reviewOperations.ts';
import { searchOperations } from './searchOperations.ts';
import { studyOperations } from './studyOperations.ts';
import { findingsOperations } from './findingsOperations.ts';
import { runGroupOperations } from './runGroupOperations.ts';
import { runQueueOperations } from './runQueueOperations.ts';
import { runRecordOperations } from './runRecordOperations.ts';
import { snapshotOperations } from './snapshotOperations.ts';
import { trainingOperations } from './trainingOperations.ts';
import { viewerOperations } from './viewerOperations.ts';

/** One open project: everything the shells can do with it. */
export type ProjectSession = Awaited<ReturnType<typeof openProject>>;

/** Opens the project folder at `path`; with `newName` makes it first. */
export async function openProject(path: string, newName: string | null, parts: ApplicationParts) {
  if (newName === null && !existsSync(join(path, 'project.sqlite'))) throw notAProject(path);
  const store = openProjectStore(path);
  try {
    if (newName !== null) store.project.initialise(newName, new Date().toISOString(), softwareVersion);
    for (const folder of ['runs', 'cache', 'reports']) await mkdir(join(path, folder), { recursive: true });
    store.runs.markInterrupted(new Date().toISOString());
    store.searches.markInterrupted();
    store.comparisonStudies.markInterrupted();
  } catch (error) {
    store.close();
    throw error;
  }
  const library = libraryOperations(store, parts);
  const check = checkOperations(store, parts);
  const findings = findingsOperations(store, parts, check);
  const training = trainingOperations(path, store, parts);
  const queue = runQueueOperations(store, training.run);
  const snapshots = snapshotOperations(store);
  const runRecords = runRecordOperations(path, store, training.runDirectory, snapshots.dataNow);
  const evaluation = evaluationOperations(path, store, parts, training.runDirectory, check.check);
  const studies = studyOperations(path, store, parts, evaluation);
  // What an earlier session left of dropped files.
  await studies.dropped.clear();
  // Heat maps are made of pictures outside of the library too.
  const anyImage = { ...store, catalogue: { ...store.catalogue, imageFile: studies.imageFile } };
  const heatMaps = heatMapOperations(path, anyImage, parts, training.runDirectory);
  const figures = figureOperations(store, parts.metrics);
  const models = modelOperations(path, store, training.runDirectory);
  const groups = runGroupOperations(store);
  const report = reportOperations(
    path,
    store,
    parts.reports,
    library.currentSplit,
    (run, context) => failurePictures({ store, decoder: parts.decoder, heatmaps: heatMaps.heatmaps }, run, context),
    evaluation.evaluate,
    groups.runGroups,
  );
  const searches = searchOperations(path, store, parts, training.runDirectory);
  const comparisons = comparisonStudyOperations(store, { searches, training, queue, evaluation, report });
  const pictures = createPictureCache(join(path, 'cache'));
  let open = true;

  return {
    path,
    user: parts.user,
    catalogue: store.catalogue,
    classes: store.classes.classes,
    runs: store.runs,
    evaluations: store.evaluations,
    reports: store.reports,
    savedFilters: store.savedFilters,
    ...library,
    ...labellingOperations(store, findings.refuseTestImages),
    ...check,
    ...findings,
    ...snapshots,
    ...runRecords,
    ...training,
    ...diskUseOperations(path, store, training.runDirectory),
    ...queue,
    async removeRun(id: string): Promise<void> {
      await training.removeRun(id);
      runRecords.forgetUseOf(id, parts.user);
    },
    ...searches,
    ...comparisons,
    ...groups,
    evaluate: evaluation.evaluate,
    ...studies,
    ...heatMaps,
    ...auditOperations(store, parts, heatMaps),
    ...models,
    ...figures,
    ...report,
    ...reviewOperations(store),
    ...viewerOperations(store, parts),

    summary(): ProjectSummary {
      const facts = store.project.facts();
      if (!facts) throw notAProject(path);
      return {
        ...facts,
        path,
        ...store.catalogue.counts(),
        classes: store.classes.classes(),
        split: library.currentSplit(),
        findings: store.findings.counts(),
        testLock: store.testLock.state(),
        runs: store.runRecords.count(),
      };
    },

    /** WebP of one image, made once and kept in the project's cache by the content of its file. */
    async thumbnail(imageId: number, edge: number): Promise<Uint8Array> {
      const image = studies.imageFile(imageId);
      // Of pictures outside of the library nothing is kept.
      if (imageId < 0) return parts.decoder.thumbnail(image.path, image.frame, edge);
      const key = `thumbnail:${image.fileSha256}:${image.frame}:${edge}`;
      const kept = pictures.get(key);
      if (kept) return kept;
      const made = await parts.decoder.thumbnail(image.path, image.frame, edge);
      pictures.put(key, made);
      return made;
    },

    /** Pictures that can be made again, by content. */
    pictures,

    /** Safe to call twice. */
    async close(): Promise<void> {
      if (!open) return;
      open = false;
      pictures.close();
      store.close();
      await studies.dropped.clear();
    },
  };
}

function notAProject(path: string): ExpectedError {
  return new ExpectedError({
    code: 'PROJECT_NOT_FOUND',
    message: `There is no Parenchyma project at ${path}.`,
    remedy: 'Choose the folder whose name ends in .parenchyma, or make a new project.',
  });
}
