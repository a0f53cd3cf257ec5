import { z } from 'zod';
import { setNameSchema, sha256Schema, timestampSchema, windowSchema } from './vocabulary.ts';

/** How a plain picture's file name gives its patient. DICOM files always use PatientID. */
export const patientRuleSchema = z.discriminatedUnion('kind', [
  /** Each file is a patient of its own. */
  z.strictObject({ kind: z.literal('whole-name') }),
  /** COVID-CT's naming: a paper, whose figures may show one patient several times, is one patient. */
  z.strictObject({ kind: z.literal('covid-ct') }),
  /** The folder that holds the file is the patient. */
  z.strictObject({ kind: z.literal('folder') }),
  /** The first capture group of a regular expression on the file name. */
  z.strictObject({ kind: z.literal('regex'), pattern: z.string().min(1).max(200) }),
]);
export type PatientRule = z.infer<typeof patientRuleSchema>;

export const importRequestSchema = z.strictObject({
  paths: z.array(z.string().min(1)).min(1),
  /** Class given to every image of these paths; made when it does not exist yet. */
  label: z.string().trim().min(1).max(64).nullable(),
  set: setNameSchema.nullable(),
  /** Folder with the official lists of a split (COVID-CT's layout). */
  splitFiles: z.string().nullable(),
  /** Null lets the file names decide. */
  patientRule: patientRuleSchema.nullable(),
});
export type ImportRequest = z.infer<typeof importRequestSchema>;

export const rejectionSchema = z.strictObject({ path: z.string(), code: z.string(), reason: z.string() });
export type Rejection = z.infer<typeof rejectionSchema>;

export const importResultSchema = z.strictObject({
  imported: z.int().nonnegative(),
  duplicates: z.int().nonnegative(),
  rejected: z.array(rejectionSchema),
  /** Totals of the project after the import. */
  images: z.int().nonnegative(),
  patients: z.int().nonnegative(),
});
export type ImportResult = z.infer<typeof importResultSchema>;

export const folderSchema = z.strictObject({
  sourceId: z.int(),
  /** Path of the source as the user added it. */
  source: z.string(),
  /** Folder below the source, '' for the source itself, '/' between names on every system. */
  folder: z.string(),
  /** Images directly in this folder and below it. */
  images: z.int().nonnegative(),
  /** Class of all images below, null when none or several. */
  classId: z.int().nullable(),
  mixed: z.boolean(),
});
export type Folder = z.infer<typeof folderSchema>;

const nullable = <T extends z.ZodType>(schema: T) => schema.nullable().default(null);
/** A range with both ends in it; null for no bound. */
const rangeSchema = z.strictObject({ from: z.number().nullable(), to: z.number().nullable() });

/** All given conditions hold together. */
export const imageFilterSchema = z.strictObject({
  sourceId: nullable(z.int()),
  folder: nullable(z.string()),
  /** Class id, or 'none' for images without a label, 'any' for those with one. */
  classId: nullable(z.union([z.int(), z.literal('none'), z.literal('any')])),
  set: nullable(z.union([setNameSchema, z.literal('none')])),
  /** Fold of a k-fold split, from 1. */
  fold: nullable(z.int()),
  patientId: nullable(z.int()),
  seriesId: nullable(z.int()),
  format: nullable(z.string().max(50)),
  modality: nullable(z.string().max(50)),
  /** Manufacturer and model, as listed by `facets`; '' for images that name none. */
  scanner: nullable(z.string().max(200)),
  /** Slice thickness in millimetres. */
  thickness: nullable(rangeSchema),
  /** Longer edge in pixels. */
  size: nullable(rangeSchema),
  /** Images of open findings, of one finding, or of none. */
  finding: nullable(z.union([z.boolean(), z.string().max(200)])),
  /** Another image shows the same. */
  duplicate: nullable(z.boolean()),
  excluded: nullable(z.boolean()),
  /** Searches file name, folder, patient pseudonym, series description and scanner; every word must occur. */
  text: z.string().max(200).default(''),
  /** Only images that somebody marked as key images in the viewer. */
  keyImages: z.literal(true).optional(),
  /** A reader has said something of it: in Review, or a label of their own. */
  reviewed: z.boolean().optional(),
  /** Images to which this reader has given no label of their own. */
  unreadBy: z.string().max(60).optional(),
});
export type ImageFilter = z.infer<typeof imageFilterSchema>;

/** Nothing is narrowed. */
export const emptyImageFilter: ImageFilter = imageFilterSchema.parse({});

export const imageSortSchema = z.enum([
  'name',
  'patient',
  'class',
  'set',
  'size',
  'thickness',
  'scanner',
  'format',
  'bytes',
  'added',
]);
export type ImageSort = z.infer<typeof imageSortSchema>;

export const imageQuerySchema = z.strictObject({
  filter: imageFilterSchema,
  sort: imageSortSchema,
  descending: z.boolean(),
  /** Whose own labels come as `reading`. */
  reader: z.string().max(60).optional(),
});

export const savedFilterSchema = z.strictObject({
  id: z.int(),
  name: z.string().trim().min(1).max(60),
  filter: imageFilterSchema,
});
export type SavedFilter = z.infer<typeof savedFilterSchema>;

/** Values that occur, with the number of images: what a filter can choose from. */
export const facetsSchema = z.strictObject({
  formats: z.array(z.strictObject({ value: z.string(), images: z.int() })),
  modalities: z.array(z.strictObject({ value: z.string(), images: z.int() })),
  scanners: z.array(z.strictObject({ value: z.string(), images: z.int() })),
  duplicates: z.int(),
  findings: z.int(),
  excluded: z.int(),
});
export type Facets = z.infer<typeof facetsSchema>;

export const patientNodeSchema = z.strictObject({
  id: z.int(),
  pseudonym: z.string(),
  images: z.int().positive(),
  series: z.int().nonnegative(),
});
export type PatientNode = z.infer<typeof patientNodeSchema>;

export const seriesNodeSchema = z.strictObject({
  id: z.int(),
  /** Studies of the patient, from 1. */
  study: z.int().nullable(),
  number: z.int().nullable(),
  description: z.string().nullable(),
  modality: z.string().nullable(),
  images: z.int().nonnegative(),
});
export type SeriesNode = z.infer<typeof seriesNodeSchema>;

export const imageRowSchema = z.strictObject({
  id: z.int(),
  fileName: z.string(),
  frame: z.int().nonnegative(),
  rows: z.int().positive(),
  columns: z.int().positive(),
  format: z.string(),
  patientId: z.int(),
  /** Pseudonym shown instead of the patient's own identifier. */
  patient: z.string(),
  seriesId: z.int().nullable(),
  classId: z.int().nullable(),
  set: setNameSchema.nullable(),
  excluded: z.boolean(),
  duplicate: z.boolean(),
  /** An open finding concerns it. */
  finding: z.boolean(),
  /** A reader has said something of it. */
  reviewed: z.boolean(),
  keyImage: z.boolean(),
  /** Class that the reader named in the query gave it; null without one. */
  reading: z.int().nullable(),
});
export type ImageRow = z.infer<typeof imageRowSchema>;

export const labelEntrySchema = z.strictObject({
  classId: z.int().nullable(),
  className: z.string().nullable(),
  origin: z.enum(['folder', 'reader', 'import']),
  author: z.string(),
  at: timestampSchema,
  /** By which act it came about, where that says more than the origin. */
  act: z.enum(['adjudicate', 'import', 'undo', 'redo']).nullable(),
});

export const imageDetailSchema = imageRowSchema.extend({
  source: z.string(),
  relativePath: z.string(),
  fileSha256: sha256Schema,
  /** Of the stored values; null until the check has made it. */
  pixelSha256: sha256Schema.nullable(),
  modality: z.string().nullable(),
  transferSyntax: z.string().nullable(),
  bitsStored: z.int().nullable(),
  sliceThickness: z.number().nullable(),
  manufacturer: z.string().nullable(),
  labels: z.array(labelEntrySchema),
});
export type ImageDetail = z.infer<typeof imageDetailSchema>;

/** Facts that travel with one frame's pixels, in the header `x-parenchyma-frame` as JSON. */
export const frameFactsSchema = z.strictObject({
  rows: z.int().positive(),
  columns: z.int().positive(),
  /** Type of the pixel values in the body, little-endian, row-major, after the modality LUT when `units` is 'HU'. */
  type: z.enum(['uint8', 'int8', 'uint16', 'int16', 'float32']),
  /** 1 for gray, 3 for interleaved RGB bytes. */
  samples: z.union([z.literal(1), z.literal(3)]),
  /** True for MONOCHROME1: the lowest value is white. */
  inverted: z.boolean(),
  /** 'HU' after rescale of a CT, 'gray' for pictures, 'unit' for other rescaled modalities. */
  units: z.enum(['HU', 'gray', 'unit']),
  /** The file's own windows; `function` is its VOI LUT function (PS3.3 C.11.2.1.3), LINEAR where it is left out. */
  windows: z.array(
    windowSchema.extend({
      explanation: z.string(),
      function: z.enum(['LINEAR', 'LINEAR_EXACT', 'SIGMOID']).optional(),
    }),
  ),
  /** Distance between rows and between columns in mm; null where the file does not say. */
  spacing: z.tuple([z.number().positive(), z.number().positive()]).nullable(),
  /** Where the image lies in the patient (PS3.3 C.7.6.2), millimetres; nulls where the file does not say. */
  place: z.strictObject({
    position: z.tuple([z.number(), z.number(), z.number()]).nullable(),
    /** Direction cosines along a row, then along a column. */
    orientation: z.array(z.number()).length(6).nullable(),
    sliceThickness: z.number().nullable(),
  }),
  minimum: z.number(),
  maximum: z.number(),
});
export type FrameFacts = z.infer<typeof frameFactsSchema>;
export const frameFactsHeader = 'x-parenchyma-frame';

export const stackSchema = z.strictObject({
  images: z.array(z.strictObject({ id: z.int(), fileName: z.string() })),
  /** Place of the image that was asked for. */
  index: z.int().nonnegative(),
  /** What the stack is: a DICOM series, or the pictures of one patient. */
  kind: z.enum(['series', 'patient']),
  /** How the slices of a series lie along their normal; null for pictures and for series without positions. */
  spacing: z
    .strictObject({
      /** Millimetres from slice to slice, the most frequent distance. */
      millimetres: z.number().positive(),
      /** `after`: place in `images` behind which about `missing` slices are missing. */
      gaps: z.array(z.strictObject({ after: z.int().nonnegative(), missing: z.int().positive() })),
      /** Places in `images` of slices that lie where the one before lies. */
      duplicates: z.array(z.int().positive()),
      /** Slices without a position, or in another orientation than most. */
      unplaced: z.int().nonnegative(),
    })
    .nullable(),
});
export type StackSpacing = z.infer<typeof stackSchema>['spacing'];
