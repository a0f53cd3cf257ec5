/** Labels given by hand: one, many, or a whole filter; readers' own labels, their agreement and third decisions; tables in and out. */
import { z } from 'zod';
import { imageFilterSchema, imageQuerySchema } from './library.ts';
import { kappaSchema } from './metrics.ts';
import { readerNameSchema } from './review.ts';
import { setNameSchema, timestampSchema } from './vocabulary.ts';

/** Which images are meant. A filter is read anew when it is applied. */
export const labelTargetSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('images'), imageIds: z.array(z.int()).min(1).max(100_000) }),
  z.strictObject({ kind: z.literal('filter'), filter: imageFilterSchema }),
  z.strictObject({ kind: z.literal('folder'), sourceId: z.int(), folder: z.string() }),
]);
export type LabelTarget = z.infer<typeof labelTargetSchema>;

/** `reference`: the label everything is trained and judged by. `reader`: what this reader says of the image, kept apart from it. */
export const labelRoleSchema = z.enum(['reference', 'reader']);

export const labelRequestSchema = z.strictObject({
  target: labelTargetSchema,
  /** Null takes the label away. */
  classId: z.int().nullable(),
  role: labelRoleSchema,
  author: readerNameSchema,
});
export type LabelRequest = z.infer<typeof labelRequestSchema>;

/** What a change of labels would do, before it is done. */
export const labelPreviewSchema = z.strictObject({
  images: z.int().nonnegative(),
  patients: z.int().nonnegative(),
  /** Images whose label would become another, and their patients. */
  changes: z.int().nonnegative(),
  changedPatients: z.int().nonnegative(),
  /** Labels that would be replaced; class null: images that have none yet. */
  from: z.array(z.strictObject({ classId: z.int().nullable(), images: z.int().positive() })),
  /** Images of a locked test set among those that would change: while there are any, the change is refused. */
  locked: z.int().nonnegative(),
});
export type LabelPreview = z.infer<typeof labelPreviewSchema>;

export const labelActSchema = z.strictObject({
  id: z.int(),
  kind: z.enum(['label', 'exclude', 'read', 'adjudicate', 'import']),
  author: z.string(),
  /** What was done, in words. */
  words: z.string(),
  at: timestampSchema,
});
export type LabelAct = z.infer<typeof labelActSchema>;

export const labelOutcomeSchema = z.strictObject({
  changed: z.int().nonnegative(),
  /** Null when nothing changed. */
  act: labelActSchema.nullable(),
});
export type LabelOutcome = z.infer<typeof labelOutcomeSchema>;

/** What undo and redo would take next, for one author. */
export const labelStackSchema = z.strictObject({ undo: labelActSchema.nullable(), redo: labelActSchema.nullable() });
export type LabelStack = z.infer<typeof labelStackSchema>;

export const undoOutcomeSchema = z.strictObject({
  act: labelActSchema.nullable(),
  changed: z.int().nonnegative(),
  /** Images that somebody has changed since: they stay as they are. */
  kept: z.int().nonnegative(),
  /** One of the images, to go back to. */
  imageId: z.int().nullable(),
});
export type UndoOutcome = z.infer<typeof undoOutcomeSchema>;

export const nextUnlabelledSchema = imageQuerySchema.extend({
  /** The image in hand; the search starts behind it and goes round once. */
  after: z.int().nullable(),
  /** Whose label is missing; null for the reference label. */
  reader: readerNameSchema.nullable(),
});

/** Images chosen by a rule, in the order of the query. */
export const choiceRuleSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('all') }),
  /** All slices of the series of these images; of pictures: all of their patient. */
  z.strictObject({ kind: z.literal('series'), imageIds: z.array(z.int()).min(1).max(10_000) }),
  /** Every n-th slice of each series, from its first slice on. */
  z.strictObject({ kind: z.literal('nth'), n: z.int().min(2).max(1000) }),
]);
export const choiceRequestSchema = z.strictObject({ query: imageQuerySchema, rule: choiceRuleSchema });
export type ChoiceRequest = z.infer<typeof choiceRequestSchema>;

export const readingSchema = z.strictObject({ reader: z.string(), classId: z.int(), at: timestampSchema });

export const disagreementSchema = z.strictObject({
  imageId: z.int(),
  fileName: z.string(),
  patient: z.string(),
  set: setNameSchema.nullable(),
  /** Reference label now. */
  classId: z.int().nullable(),
  readings: z.array(readingSchema),
  /** The third decision in force. */
  decision: z.strictObject({ classId: z.int(), author: z.string(), at: timestampSchema }).nullable(),
});
export type Disagreement = z.infer<typeof disagreementSchema>;

export const labelAgreementSchema = z.strictObject({
  readers: z.array(
    z.strictObject({
      reader: z.string(),
      images: z.int().nonnegative(),
      /** With the reference label, over the images that have both. */
      reference: kappaSchema,
    }),
  ),
  pairs: z.array(z.strictObject({ first: z.string(), second: z.string(), kappa: kappaSchema })),
  disagreements: z.int().nonnegative(),
  decided: z.int().nonnegative(),
  /** Images of which at least two readers say the same and the reference label says otherwise or nothing. */
  agreedOtherwise: z.int().nonnegative(),
});
export type LabelAgreement = z.infer<typeof labelAgreementSchema>;

/** 8 MiB is what a procedure takes; a line of the exported table has about 120 characters. */
const largestTable = 6_000_000;
export const labelTableSchema = z.strictObject({
  text: z.string().min(1).max(largestTable),
  role: labelRoleSchema,
  author: readerNameSchema,
  /** Make the classes that the table names and the project does not have. */
  newClasses: z.boolean(),
});
export type LabelTableRequest = z.infer<typeof labelTableSchema>;

export const labelTablePreviewSchema = z.strictObject({
  lines: z.int().nonnegative(),
  changes: z.int().nonnegative(),
  unchanged: z.int().nonnegative(),
  patients: z.int().nonnegative(),
  /** Labels after the import, of the images that change; null: the label is taken away. */
  to: z.array(z.strictObject({ className: z.string().nullable(), images: z.int().positive() })),
  newClasses: z.array(z.string()),
  refused: z.int().nonnegative(),
  /** The first of them. Line 1 is the header. */
  refusals: z.array(z.strictObject({ line: z.int().nonnegative(), reason: z.string() })),
});
export type LabelTablePreview = z.infer<typeof labelTablePreviewSchema>;
