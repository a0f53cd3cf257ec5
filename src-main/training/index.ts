/** The training feature's public face. */
export { prepareInputs, type InputImage } from './inputs.ts';
export type { DatasetImage, InputSource, RunChange, Snapshot, Trainer, TrainingStore } from './ports.ts';
export { preflight } from './preflight.ts';
export { createRun, executeRun, modelClasses, noBackend, type TrainingParts } from './run.ts';
