import type { ProcedureParts } from './procedures.ts';

/** Reports. */
export function reportProcedures({ os, session, jobs, changed }: ProcedureParts) {
  return {
    start: os.report.start.handler(({ input }) => {
      const target = session();
      const id = jobs.start('report', 'Writing the report', async (context) => {
        const entry = await target.writeReport(input, context);
        changed('reports');
        // A run that nobody had evaluated was evaluated on validation for it.
        changed('runs');
        return { kind: 'report', id: entry.id, files: entry.files };
      });
      return { job: id };
    }),
    list: os.report.list.handler(() => session().reports.list()),
  };
}
