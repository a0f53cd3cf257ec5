import { checkLater } from './findingsProcedures.ts';
import type { ProcedureParts } from './procedures.ts';

/** Projects and their classes. */
export function projectProcedures(parts: ProcedureParts) {
  const { os, application, session, jobs, changed } = parts;
  /** Work in the background is stopped; it goes on when the project is open again. */
  const refuseWhileBusy = async () => {
    application.refuseWhileBusy(jobs.running().filter((one) => one.kind !== 'check').length);
    await jobs.stop('check');
  };
  return {
    recent: os.project.recent.handler(() => application.recentProjects()),
    current: os.project.current.handler(() => application.session()?.summary() ?? null),
    create: os.project.create.handler(async ({ input }) => {
      await refuseWhileBusy();
      const opened = await application.create(input.name, input.directory);
      changed('project');
      return opened.summary();
    }),
    open: os.project.open.handler(async ({ input }) => {
      await refuseWhileBusy();
      const opened = await application.open(input.path);
      changed('project');
      checkLater(parts);
      return opened.summary();
    }),
    close: os.project.close.handler(async () => {
      await refuseWhileBusy();
      await application.closeProject();
      changed('project');
      return {};
    }),
    sample: os.project.sample.handler(async () => {
      await refuseWhileBusy();
      const id = jobs.start('sample', 'Making the sample study', async (context) => {
        const opened = await application.createSample(context);
        changed('project');
        changed('library');
        checkLater(parts);
        return { kind: 'sample', path: opened.path };
      });
      return { job: id };
    }),
    saveClasses: os.project.saveClasses.handler(({ input }) => {
      session().saveClasses(input);
      changed('library');
      return session().summary();
    }),
  };
}
