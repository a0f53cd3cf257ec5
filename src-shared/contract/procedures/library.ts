import { oc } from '@orpc/contract';
import { z } from 'zod';
import {
  facetsSchema,
  folderSchema,
  imageDetailSchema,
  imageQuerySchema,
  imageRowSchema,
  importRequestSchema,
  patientNodeSchema,
  patientRuleSchema,
  savedFilterSchema,
  seriesNodeSchema,
  stackSchema,
} from '../library.ts';
import { projectSummarySchema } from '../project.ts';
import { rejectionFilterSchema, rejectionListSchema } from '../rejections.ts';
import {
  lockRequestSchema,
  splitHistoryEntrySchema,
  splitRequestSchema,
  splitSummarySchema,
  testLockSchema,
} from '../splits.ts';
import { page, startedJob } from './common.ts';

/** Images, labels, patients and the split. */
export const libraryProcedures = {
  import: oc.input(importRequestSchema).output(startedJob),
  folders: oc.output(z.array(folderSchema)),
  images: oc
    .input(imageQuerySchema.extend(page))
    .output(z.strictObject({ total: z.int(), items: z.array(imageRowSchema) })),
  /** Ids of all images of a query, in its order: for choosing all of them. */
  imageIds: oc.input(imageQuerySchema).output(z.array(z.int())),
  /** Place of an image in a query, from 0; null when it does not fit. */
  placeOf: oc.input(imageQuerySchema.extend({ imageId: z.int() })).output(z.int().nullable()),
  /** Patients in the order of their pseudonyms, and the series of one. */
  patients: oc
    .input(z.strictObject({ text: z.string().max(100), ...page }))
    .output(z.strictObject({ total: z.int(), items: z.array(patientNodeSchema) })),
  patientSeries: oc.input(z.strictObject({ patientId: z.int() })).output(z.array(seriesNodeSchema)),
  facets: oc.output(facetsSchema),
  savedFilters: oc.output(z.array(savedFilterSchema)),
  saveFilter: oc.input(savedFilterSchema.omit({ id: true })).output(z.array(savedFilterSchema)),
  removeFilter: oc.input(z.strictObject({ id: z.int() })).output(z.array(savedFilterSchema)),
  image: oc.input(z.strictObject({ id: z.int() })).output(imageDetailSchema),
  stack: oc.input(z.strictObject({ imageId: z.int() })).output(stackSchema),
  rejections: oc.input(rejectionFilterSchema.extend(page)).output(rejectionListSchema),
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
};
