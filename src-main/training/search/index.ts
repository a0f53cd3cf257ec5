/** Hyperparameter search: public face. */
export { bestTrial } from './best.ts';
export { conductSearch, type SearchOutcome } from './conduct.ts';
export { problemOf } from './draw.ts';
export type { StartedTrial, TrialExecutor } from './executor.ts';
export { writeTrial } from './files.ts';
export type { SearchParts, TrialChange, TrialStore } from './ports.ts';
export { compareScores, scoreUntil } from './score.ts';
export { runTrial, type TrialParts } from './runTrial.ts';
