import type { ChangedWhat } from '../../src-shared/contract/events.ts';
import type { ProjectSession } from '../app/session.ts';
import type { Jobs } from './jobs.ts';
import type { Procedures } from './procedures.ts';

/** The shortcut audit of a run. */
export function auditProcedures(
  os: Procedures,
  session: () => ProjectSession,
  jobs: Jobs,
  changed: (what: ChangedWhat) => void,
) {
  return {
    start: os.audit.start.handler(({ input }) => {
      const target = session();
      const id = jobs.start('audit', `Auditing ${input.run}`, async (context) => {
        await target.audit(input, context);
        changed('reviews');
        return { kind: 'audit', run: input.run };
      });
      return { job: id };
    }),
    document: os.audit.document.handler(({ input }) => session().auditDocument(input.run, input.set)),
  };
}
