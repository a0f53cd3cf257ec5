/** The training feature's public face. */
export { prepareInputs } from './inputs.ts';
export { planSchema, type Plan } from './plan.ts';
export type { DatasetImage, InputImage } from './images.ts';
export type { InputSource, RunChange, Snapshot, Trainer, TrainingStore } from './ports.ts';
export type { ComputeMachine } from './memoryCheck.ts';
export { workloadOf } from './workload.ts';
export { estimateDisk } from './diskEstimate.ts';
export { estimateTime, type EarlierSpeed } from './timeEstimate.ts';
export { findingProblems } from './learningProblems.ts';
export { preflight, type DataCheck } from './preflight.ts';
export { testLearningRates } from './rangeTest.ts';
export { smallerBatch } from './retry.ts';
export { executeRun, type ExecutionOptions } from './execution.ts';
export { createRun, modelClasses, noBackend, type CreationOptions, type TrainingParts } from './run.ts';
