import type { SearchRequest, Trial, TrialChoice } from '../../../src-shared/contract/search.ts';
import type { EpochRecord, RunConfiguration } from '../../../src-shared/contract/training.ts';
import type { SearchPlan } from '../../../src-shared/domain/searchBudget.ts';
import type { TrialExecutor } from './executor.ts';

/** Trials of one search as the database holds them. Every call is durable when it returns. */
export interface TrialStore {
  trials(): Trial[];
  records(number: number): EpochRecord[];
  add(number: number, choice: TrialChoice, configuration: RunConfiguration, targetEpoch: number): void;
  change(number: number, change: TrialChange): void;
  addEpoch(number: number, record: EpochRecord): void;
  /** Adds to the seconds during which the search was under way. */
  addSpent(seconds: number): void;
  spentSeconds(): number;
}

export type TrialChange = Partial<
  Pick<Trial, 'state' | 'targetEpoch' | 'attempts' | 'startedAt' | 'endedAt' | 'failure'>
>;

export interface SearchParts {
  request: SearchRequest;
  plan: SearchPlan;
  store: TrialStore;
  executor: TrialExecutor;
  /** Folder of a trial; it exists and holds `trial.json` when `prepare` resolves. */
  directoryOf(number: number): string;
  prepare(number: number, choice: TrialChoice, configuration: RunConfiguration): Promise<void>;
  now(): string;
  onTrial(number: number): void;
}
