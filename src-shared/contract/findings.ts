/** What is wrong with the data before anything is trained on it: leakage between sets, and what tells the class without any disease. */
import { z } from 'zod';
import { setNameSchema, timestampSchema } from './vocabulary.ts';

export const findingCodeSchema = z.enum([
  'PATIENT_IN_TWO_SETS',
  'SAME_FILE_IN_TWO_SETS',
  'SAME_PIXELS_IN_TWO_SETS',
  'NEAR_DUPLICATE_IN_TWO_SETS',
  'CLASS_WITH_FILE_TYPE',
  'CLASS_WITH_SIZE',
  'CLASS_WITH_COLOUR',
  'CLASS_WITH_SCANNER',
  'CLASS_WITH_WINDOW',
  'CLASS_WITH_SLICE_THICKNESS',
  'CLASS_WITH_BORDER_TEXT',
]);
export type FindingCode = z.infer<typeof findingCodeSchema>;

/** `open` blocks a test evaluation; `accepted` has a reason, a name and a time; `resolved` is no more. */
export const findingStateSchema = z.enum(['open', 'accepted', 'resolved']);
export type FindingState = z.infer<typeof findingStateSchema>;

export const findingDecisionSchema = z.strictObject({
  kind: z.enum(['accepted', 'reopened', 'excluded', 'grouped', 'moved']),
  reason: z.string(),
  author: z.string(),
  at: timestampSchema,
});
export type FindingDecision = z.infer<typeof findingDecisionSchema>;

/** Images listed with a finding at most; `imageCount` says how many there are. */
export const mostListedImages = 1000;

export const findingSchema = z.strictObject({
  /** Stable, e.g. `near-duplicate:training:validation`. */
  id: z.string(),
  code: findingCodeSchema,
  kind: z.enum(['leakage', 'shortcut']),
  state: findingStateSchema,
  /** In words, e.g. "2 patients are in both training and test". */
  message: z.string(),
  /** Sets concerned; empty for a shortcut. */
  sets: z.array(setNameSchema),
  /** Images concerned, the first of them. */
  images: z.array(z.int()),
  imageCount: z.int().nonnegative(),
  /** Cases (patients, pairs) by state. */
  cases: z.strictObject({ open: z.int(), accepted: z.int(), resolved: z.int() }),
  /** Reasons for which its cases were accepted. */
  reasons: z.array(z.string()),
});
export type Finding = z.infer<typeof findingSchema>;

export const findingImageSchema = z.strictObject({
  id: z.int(),
  fileName: z.string(),
  patient: z.string(),
  classId: z.int().nullable(),
  set: setNameSchema.nullable(),
  excluded: z.boolean(),
});
export type FindingImage = z.infer<typeof findingImageSchema>;

export const findingCaseSchema = z.strictObject({
  id: z.int(),
  finding: z.string(),
  state: findingStateSchema,
  message: z.string(),
  /** Correlation of detail of a near-duplicate, 0 … 1. */
  similarity: z.number().nullable(),
  mirrored: z.boolean(),
  images: z.array(findingImageSchema),
  imageCount: z.int().nonnegative(),
  foundAt: timestampSchema,
  goneAt: timestampSchema.nullable(),
  decisions: z.array(findingDecisionSchema),
});
export type FindingCase = z.infer<typeof findingCaseSchema>;

/** One test of class against an attribute. p values are adjusted by Holm over all attributes that could be tested. */
export const shortcutTestSchema = z.strictObject({
  attribute: z.string(),
  code: findingCodeSchema,
  /** In words, with the shares or medians. */
  message: z.string(),
  test: z.enum(['chi-square', 'fisher', 'kruskal-wallis']),
  statistic: z.number().nullable(),
  degreesOfFreedom: z.int().nullable(),
  pValue: z.number(),
  adjustedPValue: z.number(),
  /** Cramér's V of a table, the square root of epsilon squared of ranks: 0 … 1. */
  effect: z.number(),
  /** Patients that went into the test, each once. */
  patients: z.int(),
  /** Rows of the table by class: counts by level, or the median and quartiles of a number. */
  classes: z.array(
    z.strictObject({
      name: z.string(),
      patients: z.int(),
      levels: z.array(z.strictObject({ level: z.string(), count: z.int() })),
      quartiles: z.tuple([z.number(), z.number(), z.number()]).nullable(),
    }),
  ),
});
export type ShortcutTest = z.infer<typeof shortcutTestSchema>;

/** How far the background check has come: images measured, and whether labels and sets are still those that it looked at. */
export const checkStateSchema = z.strictObject({
  measured: z.int().nonnegative(),
  images: z.int().nonnegative(),
  upToDate: z.boolean(),
  at: timestampSchema.nullable(),
});
export type CheckState = z.infer<typeof checkStateSchema>;

/** Two pictures in two sets that are alike and no duplicates: for whoever wants to look. */
export const similarPairSchema = z.strictObject({ similarity: z.number(), images: z.array(findingImageSchema) });
export type SimilarPair = z.infer<typeof similarPairSchema>;

export const findingsDocumentSchema = z.strictObject({
  findings: z.array(findingSchema),
  tests: z.array(shortcutTestSchema),
  /** The most alike pictures across sets that are no finding. */
  closest: z.array(similarPairSchema),
  check: checkStateSchema,
});
export type FindingsDocument = z.infer<typeof findingsDocumentSchema>;

/** Who decides, and why; the reason is printed in the report. */
export const reasonSchema = z.string().trim().min(3, 'Say why in a few words.').max(500);
const by = { reason: reasonSchema, author: z.string().max(100).default('') };

export const acceptFindingSchema = z.strictObject({
  /** Id of a finding (all its open cases) or number of a case. */
  target: z.union([z.string(), z.int()]),
  ...by,
});

export const resolveFindingSchema = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('exclude'), imageIds: z.array(z.int()).min(1).max(10_000), ...by }),
  /** The images are of one patient from now on, and all of that patient goes to `set`. */
  z.strictObject({
    action: z.literal('group'),
    imageIds: z.array(z.int()).min(2).max(1000),
    set: setNameSchema,
    ...by,
  }),
  z.strictObject({
    action: z.literal('move'),
    imageIds: z.array(z.int()).min(1).max(10_000),
    /** Null takes the images out of every set. */
    set: setNameSchema.nullable(),
    ...by,
  }),
]);
export type ResolveFinding = z.infer<typeof resolveFindingSchema>;
