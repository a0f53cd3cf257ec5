import { oc } from '@orpc/contract';
import { z } from 'zod';
import {
  measurementSchema,
  patientFactsSchema,
  patientStackSchema,
  stackImageSchema,
  storedMeasurementSchema,
  viewerKeysSchema,
} from '../viewer.ts';
import { done, imageIds } from './common.ts';

/** What the CT viewer asks beside pixels. */
export const viewerProcedures = {
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
};
