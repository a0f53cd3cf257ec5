/** The training feature's public face. */
export { prepareInputs, type InputImage } from './inputs.ts';
export type { DatasetImage, InputSource, RunChange, Snapshot, Trainer, TrainingStore } from './ports.ts';
export type { ComputeMachine } from './memoryCheck.ts';
export { estimateDisk, estimateTime, type EarlierSpeed } from './outlook.ts';
export { preflight, type DataCheck } from './preflight.ts';
export { smallerBatch } from './retry.ts';
export { createRun, executeRun, modelClasses, noBackend, type TrainingParts } from './run.ts';
