import { implement } from '@orpc/server';
import type { ChangedWhat } from '../../src-shared/contract/events.ts';
import { contract } from '../../src-shared/contract/index.ts';
import type { Application } from '../app/application.ts';
import type { ProjectSession } from '../app/session.ts';
import type { Logger } from '../platform/logger.ts';
import type { EventHub } from './eventHub.ts';
import type { Jobs } from './jobs.ts';
import type { TrainingQueue } from './trainingQueue.ts';
import { toProcedureError } from './procedureErrors.ts';

/** The contract's procedures, ready to be given their handlers; whatever a handler throws becomes words here. */
export function createProcedures(logger: Logger) {
  return implement(contract).use(async ({ next }) => {
    try {
      return await next();
    } catch (error) {
      const answer = toProcedureError(error);
      if (answer.code === 'INTERNAL') logger.error('procedure failed', error);
      throw answer;
    }
  });
}
export type Procedures = ReturnType<typeof createProcedures>;

/** What the procedures of a domain are made of. */
export interface ProcedureParts {
  os: Procedures;
  application: Application;
  /** Fails where no project is open. */
  session: () => ProjectSession;
  jobs: Jobs;
  hub: EventHub;
  queue: TrainingQueue;
  /** Tells every window to read something again. */
  changed: (what: ChangedWhat) => void;
  isOpen: () => boolean;
}
