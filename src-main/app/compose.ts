import { userInfo } from 'node:os';
import { join } from 'node:path';
import { createComputeClient, locateEngine, type ForkCompute } from '../engine/index.ts';
import { createMetricsThread } from '../evaluation/index.ts';
import { createDecoder } from '../library/index.ts';
import { createFileLogger, type Logger } from '../platform/logger.ts';
import { configurationDirectory, projectsDirectory } from '../platform/paths.ts';
import { createSettings } from '../platform/settings.ts';
import { createReportThread } from '../report/index.ts';
import type { TrialExecutor } from '../training/search/index.ts';
import { createApplication, type Application } from './application.ts';
import { backendPreference, backendsToTry } from './backendPreference.ts';
import { trialProcesses } from './trialWorkers.ts';

export interface ComposeOptions {
  /** How this shell starts the compute process. */
  forkCompute: ForkCompute;
  /** The decode worker's script where it is bundled. */
  decodeWorker?: URL;
  /** The metrics thread's script where it is bundled. */
  metricsWorker?: URL;
  /** The script of the thread that writes reports where it is bundled. */
  reportWorker?: URL;
  projectsDirectory?: string;
  /** How this shell carries out the trials of searches: as child processes unless it says otherwise. */
  trials?: TrialExecutor;
}

/** Puts the concrete parts together; each shell adds only what is its own. */
export async function composeApplication(
  options: ComposeOptions,
): Promise<{ application: Application; logger: Logger }> {
  const configuration = configurationDirectory();
  const logger = createFileLogger(join(configuration, 'logs', 'parenchyma.log'));
  const settings = createSettings(configuration);
  const preference = backendPreference(process.env, await settings.backend());
  const application = createApplication({
    decoder: createDecoder({ workerEntry: options.decodeWorker, log: (message) => logger.info(message) }),
    compute: createComputeClient({
      fork: options.forkCompute,
      engine: await locateEngine(),
      backends: backendsToTry(preference),
    }),
    metrics: createMetricsThread(options.metricsWorker),
    reports: createReportThread(options.reportWorker),
    trials: options.trials ?? trialProcesses(),
    settings,
    logger,
    projectsDirectory: options.projectsDirectory ?? projectsDirectory(),
    user: userName(),
    async writeSampleStudy(directory, context) {
      const { writeSampleStudy } = await import('../../assets/sample/index.ts');
      return writeSampleStudy(directory, { context });
    },
  });
  return { application, logger };
}

/** Name recorded with labels; a machine account without a name is 'reader'. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'reader';
  }
}
