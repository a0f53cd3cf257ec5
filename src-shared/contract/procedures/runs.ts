import { oc } from '@orpc/contract';
import { z } from 'zod';
import {
  annotateRunSchema,
  archiveRunsSchema,
  modelInUseSchema,
  provenanceSchema,
  removalSchema,
  runRowSchema,
  useModelSchema,
} from '../runRecords.ts';
import { diskUseSchema } from '../diskUse.ts';
import { done } from './common.ts';

const oneRun = z.strictObject({ run: z.string() });

/** Runs after they exist: the table of all, remarks, provenance, and the model in use. */
export const runsProcedures = {
  /** All runs, archived ones too, in the order of their numbers. */
  list: oc.output(z.array(runRowSchema)),
  /** Replaces note and tags. */
  annotate: oc.input(annotateRunSchema).output(done),
  /** Archived runs are listed only where they are asked for; nothing of them is lost. */
  archive: oc.input(archiveRunsSchema).output(done),
  provenance: oc.input(oneRun).output(provenanceSchema),
  /** What deleting a run would take away, and what would stay on record. */
  removal: oc.input(oneRun).output(removalSchema),
  diskUse: oc.input(oneRun).output(diskUseSchema),
  /** Gives up that an ended run can go on or be extended, for the space of its checkpoints. */
  removeCheckpoints: oc.input(oneRun).output(done),
  modelInUse: oc.output(modelInUseSchema),
  /** From now on new studies are predicted with this run's model; null: with none until one is chosen. Kept as history. */
  useModel: oc.input(useModelSchema).output(modelInUseSchema),
};
