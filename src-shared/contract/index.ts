/** All procedures of the host, by domain. Schemas are the single definition; types are inferred from them. */
import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { auditDocumentSchema, auditRequestSchema } from './audit.ts';
import {
  compareRequestSchema,
  evaluateRequestSchema,
  freezeRequestSchema,
  operatingPointStateSchema,
  pairedPredictionSchema,
  pairRequestSchema,
  predictionFilterSchema,
  predictionRowSchema,
  testOpeningSchema,
} from './evaluation.ts';
import { hostEventSchema, jobSchema } from './events.ts';
import { exportRequestSchema, officialWeightsSchema } from './modelFiles.ts';
import { heatMapModelSchema, heatMapRequestSchema } from './heatmaps.ts';
import {
  acceptFindingSchema,
  findingCaseSchema,
  findingsDocumentSchema,
  reasonSchema,
  resolveFindingSchema,
} from './findings.ts';
import {
  facetsSchema,
  folderSchema,
  imageDetailSchema,
  imageQuerySchema,
  imageRowSchema,
  importRequestSchema,
  patientRuleSchema,
  savedFilterSchema,
  stackSchema,
} from './library.ts';
import { rejectionFilterSchema, rejectionListSchema } from './rejections.ts';
import {
  aggregationSchema,
  comparisonDocumentSchema,
  metricsDocumentSchema,
  patientLevelSchema,
  subgroupSchema,
} from './metrics.ts';
import { classSchema, projectSummarySchema, recentProjectSchema } from './project.ts';
import { reportEntrySchema, reportRequestSchema } from './report.ts';
import {
  agreementRequestSchema,
  agreementSchema,
  beginReadingSchema,
  readerNameSchema,
  readerSchema,
  readingSchema,
  reviewEntrySchema,
  saveReviewSchema,
  undoReviewSchema,
  worklistRequestSchema,
  worklistRowSchema,
} from './review.ts';
import { diagnosisSchema, preflightSchema, runDetailSchema, runSummarySchema } from './runs.ts';
import { snapshotComparisonSchema, snapshotReferenceSchema, snapshotSummarySchema } from './snapshots.ts';
import {
  lockRequestSchema,
  splitHistoryEntrySchema,
  splitRequestSchema,
  splitSummarySchema,
  testLockSchema,
} from './splits.ts';
import { studyDocumentSchema, studyRequestSchema } from './studies.ts';
import { runConfigurationSchema } from './training.ts';
import {
  measurementSchema,
  patientFactsSchema,
  patientStackSchema,
  stackImageSchema,
  storedMeasurementSchema,
  viewerKeysSchema,
} from './viewer.ts';
import { architectureSchema, backendNameSchema, setNameSchema } from './vocabulary.ts';

const job = z.strictObject({ job: z.string() });
const done = z.strictObject({});
const judgedSet = z.strictObject({ run: z.string(), set: z.enum(['validation', 'test']) });
const imageIds = z.strictObject({ imageIds: z.array(z.int()).max(20_000) });
const page = { offset: z.int().nonnegative(), limit: z.int().min(1).max(1000) };

export const contract = {
  system: {
    about: oc.output(
      z.strictObject({
        version: z.string(),
        shell: z.enum(['electron', 'loopback']),
        user: z.string(),
        home: z.string(),
      }),
    ),
    /** Chooses the backend on first call, which takes some seconds. */
    diagnose: oc.output(diagnosisSchema),
    /** From now on this backend only; null takes the best that works. Refused while anything is running. */
    chooseBackend: oc.input(z.strictObject({ backend: backendNameSchema.nullable() })).output(diagnosisSchema),
    /** Folders and files of one folder of the host's machine, for the folder picker of the browser shell. */
    browse: oc.input(z.strictObject({ path: z.string().nullable() })).output(
      z.strictObject({
        path: z.string(),
        parent: z.string().nullable(),
        folders: z.array(z.strictObject({ name: z.string(), path: z.string(), project: z.boolean() })),
        /** Files directly in the folder. */
        files: z.array(z.strictObject({ name: z.string(), path: z.string(), bytes: z.number() })),
        truncated: z.boolean(),
      }),
    ),
  },
  events: {
    watch: oc.output(eventIterator(hostEventSchema)),
  },
  jobs: {
    list: oc.output(z.array(jobSchema)),
    cancel: oc.input(job).output(done),
  },
  project: {
    recent: oc.output(z.array(recentProjectSchema)),
    current: oc.output(projectSummarySchema.nullable()),
    /** `directory` is the folder in which `NAME.parenchyma` is made; null for the user's documents. */
    create: oc
      .input(z.strictObject({ name: z.string().min(1).max(100), directory: z.string().nullable() }))
      .output(projectSummarySchema),
    open: oc.input(z.strictObject({ path: z.string().min(1) })).output(projectSummarySchema),
    close: oc.output(done),
    /** Writes the synthetic study, makes a project of it, imports, labels and splits it; then it is open. */
    sample: oc.output(job),
    /** Replaces name, colour and positive flag of classes; new ones have id null. */
    saveClasses: oc
      .input(
        z
          .array(classSchema.pick({ name: true, color: true, positive: true }).extend({ id: z.int().nullable() }))
          .min(1),
      )
      .output(projectSummarySchema),
  },
  library: {
    import: oc.input(importRequestSchema).output(job),
    folders: oc.output(z.array(folderSchema)),
    images: oc
      .input(imageQuerySchema.extend(page))
      .output(z.strictObject({ total: z.int(), items: z.array(imageRowSchema) })),
    /** Ids of all images of a query, in its order: for choosing all of them. */
    imageIds: oc.input(imageQuerySchema).output(z.array(z.int())),
    /** Place of an image in a query, from 0; null when it does not fit. */
    placeOf: oc.input(imageQuerySchema.extend({ imageId: z.int() })).output(z.int().nullable()),
    facets: oc.output(facetsSchema),
    savedFilters: oc.output(z.array(savedFilterSchema)),
    saveFilter: oc.input(savedFilterSchema.omit({ id: true })).output(z.array(savedFilterSchema)),
    removeFilter: oc.input(z.strictObject({ id: z.int() })).output(z.array(savedFilterSchema)),
    image: oc.input(z.strictObject({ id: z.int() })).output(imageDetailSchema),
    stack: oc.input(z.strictObject({ imageId: z.int() })).output(stackSchema),
    rejections: oc.input(rejectionFilterSchema.extend(page)).output(rejectionListSchema),
    /** Gives all images at and below a folder a class; null takes the label away. */
    labelFolder: oc
      .input(z.strictObject({ sourceId: z.int(), folder: z.string(), classId: z.int().nullable() }))
      .output(z.strictObject({ changed: z.int() })),
    labelImages: oc
      .input(z.strictObject({ imageIds: z.array(z.int()).min(1).max(100_000), classId: z.int().nullable() }))
      .output(z.strictObject({ changed: z.int() })),
    patientRule: oc.output(patientRuleSchema.nullable()),
    /** First names with the patient that the rule gives each, and how many patients there would be. */
    previewPatientRule: oc.input(patientRuleSchema).output(
      z.strictObject({
        images: z.int(),
        patients: z.int(),
        /** Names the rule does not fit; each would be a patient of its own. */
        unmatched: z.int(),
        examples: z.array(z.strictObject({ fileName: z.string(), patient: z.string().nullable() })),
      }),
    ),
    /** Applies the rule to all plain pictures; the split is dropped when patients change. */
    setPatientRule: oc.input(patientRuleSchema).output(projectSummarySchema),
    split: oc.input(splitRequestSchema).output(splitSummarySchema),
    /** Makes another fold of the split in force the validation set. */
    chooseFold: oc.input(z.strictObject({ fold: z.int().positive() })).output(splitSummarySchema),
    splitHistory: oc.output(z.array(splitHistoryEntrySchema)),
    /** Locks the test set on purpose, or unlocks it: an act with a name and a reason, printed in every report. */
    lockTest: oc.input(lockRequestSchema).output(testLockSchema),
    splitFromFiles: oc.input(z.strictObject({ directory: z.string() })).output(splitSummarySchema),
    currentSplit: oc.output(splitSummarySchema.nullable()),
  },
  findings: {
    list: oc.output(findingsDocumentSchema),
    /** Cases of one finding, open ones first, each with its images. */
    cases: oc
      .input(z.strictObject({ finding: z.string(), ...page }))
      .output(z.strictObject({ total: z.int(), items: z.array(findingCaseSchema) })),
    accept: oc.input(acceptFindingSchema).output(findingsDocumentSchema),
    reopen: oc.input(acceptFindingSchema).output(findingsDocumentSchema),
    resolve: oc.input(resolveFindingSchema).output(findingsDocumentSchema),
    /** Leaves images out of all sets, or takes them in again. */
    exclude: oc
      .input(
        z.strictObject({
          imageIds: z.array(z.int()).min(1).max(100_000),
          excluded: z.boolean(),
          reason: reasonSchema,
        }),
      )
      .output(z.strictObject({ changed: z.int() })),
    /** Measures and compares what is new, in the background. */
    check: oc.output(job),
  },
  snapshots: {
    list: oc.output(z.array(snapshotSummarySchema)),
    compare: oc
      .input(z.strictObject({ before: snapshotReferenceSchema, after: snapshotReferenceSchema }))
      .output(snapshotComparisonSchema),
  },
  training: {
    defaults: oc.output(runConfigurationSchema),
    preflight: oc.input(runConfigurationSchema).output(preflightSchema),
    start: oc.input(runConfigurationSchema).output(z.strictObject({ job: z.string(), run: z.string() })),
    runs: oc.output(z.array(runSummarySchema)),
    run: oc.input(z.strictObject({ run: z.string() })).output(runDetailSchema),
    /** Deletes a run with its model and predictions; not while it is under way. */
    remove: oc.input(z.strictObject({ run: z.string() })).output(done),
  },
  evaluation: {
    /** Predicts the set with the run's best epoch and stores the metrics; on `test` the opening is recorded first. */
    start: oc.input(evaluateRequestSchema).output(job),
    document: oc
      .input(z.strictObject({ run: z.string(), set: setNameSchema }))
      .output(metricsDocumentSchema.nullable()),
    predictions: oc
      .input(predictionFilterSchema)
      .output(z.strictObject({ total: z.int(), items: z.array(predictionRowSchema) })),
    openings: oc.output(z.array(testOpeningSchema)),
    /** Frozen operating points of a run, and whether it can still be moved. */
    operatingPoint: oc.input(z.strictObject({ run: z.string() })).output(operatingPointStateSchema),
    /** Freezes an operating point chosen on validation, with a name; refused once the test set was opened with the run. */
    freeze: oc.input(freezeRequestSchema).output(metricsDocumentSchema),
    subgroups: oc.input(judgedSet).output(z.array(subgroupSchema)),
    /** Patients as the unit by another rule of aggregation than the stored one; null where no patient has several images. */
    patientLevel: oc.input(judgedSet.extend({ aggregation: aggregationSchema })).output(patientLevelSchema.nullable()),
    /** Runs that have results on a set. */
    evaluated: oc.input(judgedSet.pick({ set: true })).output(z.array(z.string())),
    compare: oc.input(compareRequestSchema).output(comparisonDocumentSchema),
    pairs: oc
      .input(pairRequestSchema)
      .output(z.strictObject({ total: z.int(), items: z.array(pairedPredictionSchema) })),
  },
  weights: {
    /** What an architecture's official weights are, and where they lie if they have been downloaded. Uses no network. */
    official: oc.input(z.strictObject({ architecture: architectureSchema })).output(officialWeightsSchema),
    /** The only use of the network there is; it goes on where an earlier try ended. */
    download: oc.input(z.strictObject({ architecture: architectureSchema })).output(job),
  },
  models: {
    /** Writes a run's model into a folder. */
    export: oc.input(exportRequestSchema).output(job),
    /** Takes over a model folder that was saved elsewhere; it becomes a run. */
    import: oc.input(z.strictObject({ path: z.string().min(1) })).output(job),
  },
  heatmaps: {
    /** What a run's heat maps look like; fails where the run has no model. */
    model: oc.input(z.strictObject({ run: z.string() })).output(heatMapModelSchema),
    /** Makes the maps of many images, which the route then gives at once. Waits while something else is computed. */
    prepare: oc.input(heatMapRequestSchema).output(job),
    /** Rank correlation of an image's Grad-CAM with its occlusion map, over their cells; null until both have been made. */
    agreement: oc
      .input(z.strictObject({ run: z.string(), imageId: z.int(), class: z.int().nonnegative().nullable() }))
      .output(z.strictObject({ correlation: z.number().nullable() })),
  },
  /** Readers' verdicts on predictions. Every answer holds only what the reader named may see. */
  review: {
    readers: oc.output(z.array(readerSchema)),
    addReader: oc.input(z.strictObject({ name: readerNameSchema })).output(z.array(readerSchema)),
    /** Recorded: from an open reading on, a reader has seen the predictions. In blinded mode the seed of the order is drawn once. */
    begin: oc.input(beginReadingSchema).output(readingSchema),
    worklist: oc
      .input(worklistRequestSchema)
      .output(z.strictObject({ total: z.int(), items: z.array(worklistRowSchema) })),
    save: oc.input(saveReviewSchema).output(worklistRowSchema),
    /** Takes the reader's last entry back; null when there is none. */
    undo: oc
      .input(undoReviewSchema)
      .output(z.strictObject({ row: worklistRowSchema, labelKept: z.boolean() }).nullable()),
    history: oc.input(beginReadingSchema.extend({ imageId: z.int() })).output(z.array(reviewEntrySchema)),
    agreement: oc.input(agreementRequestSchema).output(agreementSchema),
  },
  viewer: {
    /** Places of these images in the patient, in the order asked for. */
    stackImages: oc.input(imageIds).output(z.array(stackImageSchema)),
    /** All stacks of the patient to whom an image belongs. */
    patientStacks: oc.input(z.strictObject({ imageId: z.int() })).output(z.array(patientStackSchema)),
    patientFacts: oc.input(z.strictObject({ imageId: z.int() })).output(patientFactsSchema),
    measurements: oc.input(imageIds).output(z.array(storedMeasurementSchema)),
    /** Adds a measurement, or moves the one of this id. */
    saveMeasurement: oc.input(measurementSchema).output(storedMeasurementSchema),
    removeMeasurement: oc.input(z.strictObject({ id: z.uuid() })).output(done),
    /** Which of these images are key images. */
    keyImages: oc.input(imageIds).output(z.array(z.int())),
    setKeyImage: oc.input(z.strictObject({ imageId: z.int(), key: z.boolean() })).output(done),
    keys: oc.output(viewerKeysSchema),
    saveKeys: oc.input(viewerKeysSchema).output(done),
  },
  audit: {
    /** Does the run look at the patient? Measures heat maps and compares with what metadata alone can tell. */
    start: oc.input(auditRequestSchema).output(job),
    /** The last audit of the run on the set; null before the first. */
    document: oc
      .input(z.strictObject({ run: z.string(), set: auditRequestSchema.shape.set }))
      .output(auditDocumentSchema.nullable()),
  },
  studies: {
    /** Predicts pictures that are not in the library; nothing of them is stored in the project. */
    start: oc.input(studyRequestSchema).output(job),
    /** What was predicted since the project was opened, the last first. */
    list: oc.output(z.array(studyDocumentSchema)),
  },
  report: {
    start: oc.input(reportRequestSchema).output(job),
    list: oc.output(z.array(reportEntrySchema)),
  },
};
export type Contract = typeof contract;
