/** What the CT viewer asks of the host beside pixels: the series of a patient, measurements, key images, the person's own keys. */
import { z } from 'zod';
import { timestampSchema } from './vocabulary.ts';

/** Points each kind of measurement has. */
export const measurementPoints = {
  /** Two ends. */
  length: 2,
  /** An end, the vertex, the other end. */
  angle: 3,
  /** The ends of the long axis, then those of the short axis, which stands at right angles on it. */
  bidirectional: 4,
  /** Two opposite corners of the rectangle around it. */
  ellipse: 2,
  /** Two opposite corners. */
  rectangle: 2,
  probe: 1,
} as const;
export type MeasurementKind = keyof typeof measurementPoints;
export const measurementKinds = Object.keys(measurementPoints) as MeasurementKind[];

/** Column and row in pixels of the image; the centre of the first pixel is 0, 0. */
const pointSchema = z.tuple([z.number().finite(), z.number().finite()]);

/** What a person drew on one image. Values are worked out from pixels and spacing whenever it is shown, never stored. */
export const measurementSchema = z
  .strictObject({
    /** Made by the viewer, so that undoing a deletion gives back the same one. */
    id: z.uuid(),
    imageId: z.int().positive(),
    kind: z.enum(measurementKinds),
    points: z.array(pointSchema).min(1).max(4),
  })
  .refine(({ kind, points }) => points.length === measurementPoints[kind], 'This kind has another number of points.');
export type Measurement = z.infer<typeof measurementSchema>;

export const storedMeasurementSchema = measurementSchema.safeExtend({
  author: z.string(),
  createdAt: timestampSchema,
  changedAt: timestampSchema,
});
export type StoredMeasurement = z.infer<typeof storedMeasurementSchema>;

/** One image of a stack with its place in the patient (PS3.3 C.7.6.2); null where the file does not say. */
export const stackImageSchema = z.strictObject({
  id: z.int(),
  rows: z.int().positive(),
  columns: z.int().positive(),
  /** Distance between rows, then between columns, in mm. */
  spacing: z.tuple([z.number(), z.number()]).nullable(),
  position: z.tuple([z.number(), z.number(), z.number()]).nullable(),
  /** Direction cosines along a row, then along a column. */
  orientation: z.array(z.number()).length(6).nullable(),
});
export type StackImage = z.infer<typeof stackImageSchema>;

/** A stack of the same patient, to be put beside another. */
export const patientStackSchema = z.strictObject({
  /** Null for the plain pictures of the patient. */
  seriesId: z.int().nullable(),
  words: z.string(),
  images: z.array(z.int()).min(1),
});
export type PatientStack = z.infer<typeof patientStackSchema>;

/** Read from the file each time it is asked for; never stored and never logged. Null where the file does not say. */
export const patientFactsSchema = z.strictObject({
  patientName: z.string().nullable(),
  patientId: z.string().nullable(),
  birthDate: z.string().nullable(),
  sex: z.string().nullable(),
  age: z.string().nullable(),
  studyDate: z.string().nullable(),
  studyDescription: z.string().nullable(),
  seriesDescription: z.string().nullable(),
  institution: z.string().nullable(),
});
export type PatientFacts = z.infer<typeof patientFactsSchema>;

/** Keys of the viewer that a person has changed: command to key. */
export const viewerKeysSchema = z.record(z.string().min(1).max(40), z.string().min(1).max(40));
export type ViewerKeys = z.infer<typeof viewerKeysSchema>;
