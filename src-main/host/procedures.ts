import { implement } from '@orpc/server';
import { contract } from '../../src-shared/contract/index.ts';
import type { Logger } from '../platform/logger.ts';
import { toProcedureError } from './failures.ts';

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
