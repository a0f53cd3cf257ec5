import type { JobContext } from '../../src-shared/contract/progress.ts';
import type { ComputeClient } from '../engine/index.ts';
import type { MetricsThread } from '../evaluation/index.ts';
import type { Decoder } from '../library/index.ts';
import type { Logger } from '../platform/logger.ts';
import type { Settings } from '../platform/settings.ts';
import type { TrialExecutor } from '../training/search/index.ts';
import type { ReportThread } from '../report/index.ts';

/** What an entry (electron/, serve/, cli/) hands to the application. */
export interface ApplicationParts {
  decoder: Decoder;
  compute: ComputeClient;
  metrics: MetricsThread;
  reports: ReportThread;
  /** Carries out the trials of searches. */
  trials: TrialExecutor;
  settings: Settings;
  logger: Logger;
  /** Folder for new projects when the user names none. */
  projectsDirectory: string;
  /** Name under which labels and openings are recorded unless the user says another. */
  user: string;
  writeSampleStudy(directory: string, context: JobContext): Promise<unknown>;
}
