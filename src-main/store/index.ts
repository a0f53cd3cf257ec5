import { join } from 'node:path';
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import { makeFolder } from '../platform/files.ts';
import { createAuditStore } from './audits.ts';
import { createCatalogue } from './catalogue.ts';
import { createClassStore } from './classes.ts';
import { inTransaction, openDatabase } from './database.ts';
import { createComparisonStudyStore } from './comparisonStudies.ts';
import { createEvaluationStore } from './evaluations.ts';
import { createExclusionStore } from './exclusions.ts';
import { createFindingStore } from './findings.ts';
import { createImportStore } from './importStore.ts';
import { createLabellingStore } from './labelling/index.ts';
import { createMeasureStore } from './measures.ts';
import { createPatientStore } from './patients.ts';
import { createPixelHashStore } from './pixelHashes.ts';
import { createProjectStore, createReportStore } from './project.ts';
import { createRejectionStore } from './rejections.ts';
import { createReviewStore } from './reviews/reviewStore.ts';
import { createWorklist } from './reviews/worklist.ts';
import { createRunQueueStore } from './runQueue.ts';
import { createRunRecordStore } from './runRecords.ts';
import { createRunGroupStore } from './runGroups.ts';
import { createRunStore } from './runs.ts';
import { createSavedFilterStore } from './savedFilters.ts';
import { createSearchStore } from './searches.ts';
import { createSnapshotStore } from './snapshots.ts';
import { createSplitStore } from './splits.ts';
import { createViewerStore } from './viewer.ts';
import { createTestLockStore } from './testLock.ts';

export { createPictureCache, type PictureCache } from './pictureCache.ts';

/** Opens the database of the project folder `directory`, made when missing, for this program alone. */
export function openProjectStore(directory: string) {
  try {
    makeFolder(directory);
  } catch (cause) {
    throw notWritable(directory, cause);
  }
  const database = openDatabase(join(directory, 'project.sqlite'));
  const patients = createPatientStore(database);
  return {
    database,
    project: createProjectStore(database),
    transaction: <T>(work: () => T): T => inTransaction(database, work),
    catalogue: createCatalogue(database),
    patients,
    imports: createImportStore(database, patients),
    classes: createClassStore(database),
    labelling: createLabellingStore(database),
    splits: createSplitStore(database),
    testLock: createTestLockStore(database),
    exclusions: createExclusionStore(database),
    measures: createMeasureStore(database),
    pixelHashes: createPixelHashStore(database),
    findings: createFindingStore(database),
    searches: createSearchStore(database),
    comparisonStudies: createComparisonStudyStore(database),
    runGroups: createRunGroupStore(database),
    snapshots: createSnapshotStore(database),
    savedFilters: createSavedFilterStore(database),
    runs: createRunStore(database),
    runQueue: createRunQueueStore(database),
    runRecords: createRunRecordStore(database),
    evaluations: createEvaluationStore(database),
    reports: createReportStore(database),
    rejections: createRejectionStore(database),
    reviews: createReviewStore(database),
    audits: createAuditStore(database),
    worklist: createWorklist(database),
    viewer: createViewerStore(database),
    close: () => database.close(),
  };
}
export type ProjectStore = ReturnType<typeof openProjectStore>;

function notWritable(directory: string, cause: unknown): ExpectedError {
  return new ExpectedError(
    {
      code: 'PATH_NOT_WRITABLE',
      message: `The project folder ${directory} cannot be made or written.`,
      remedy: 'Choose a folder in which you may write.',
    },
    { cause },
  );
}
