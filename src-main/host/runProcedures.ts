import type { ProcedureParts } from './procedures.ts';

/** Runs after they exist. */
export function runProcedures({ os, session, changed }: ProcedureParts) {
  return {
    list: os.runs.list.handler(() => session().runRows()),
    annotate: os.runs.annotate.handler(({ input }) => {
      session().annotateRun(input);
      changed('runs');
      return {};
    }),
    archive: os.runs.archive.handler(({ input }) => {
      session().archiveRuns(input.runs, input.archived);
      changed('runs');
      return {};
    }),
    provenance: os.runs.provenance.handler(({ input }) => session().provenance(input.run)),
    removal: os.runs.removal.handler(({ input }) => session().removal(input.run)),
    diskUse: os.runs.diskUse.handler(({ input }) => session().runDiskUse(input.run)),
    removeCheckpoints: os.runs.removeCheckpoints.handler(async ({ input }) => {
      await session().removeCheckpoints(input.run);
      changed('runs');
      return {};
    }),
    modelInUse: os.runs.modelInUse.handler(() => session().modelInUse()),
    useModel: os.runs.useModel.handler(({ input }) => {
      const state = session().useModel(input);
      changed('runs');
      return state;
    }),
  };
}
