import { defaultRunConfiguration } from '../../src-shared/contract/training.ts';
import type { ProcedureParts } from './procedures.ts';

/** Runs. */
export function trainingProcedures({ os, application, session, jobs, hub, changed }: ProcedureParts) {
  return {
    defaults: os.training.defaults.handler(() => defaultRunConfiguration),
    preflight: os.training.preflight.handler(({ input }) => session().preflight(input)),
    start: os.training.start.handler(({ input }) => {
      const target = session();
      application.refuseWhileBusy(jobs.running().filter((one) => one.kind === 'train').length);
      const created = target.createRun(input, {
        onEpoch: (run, record) => hub.publish({ kind: 'epoch', run, record }),
        onChange: () => changed('runs'),
      });
      const id = jobs.start('train', `Training run ${target.run(created.run).number}`, async (context) => {
        await created.execute(context);
        return { kind: 'train', run: created.run };
      });
      return { job: id, run: created.run };
    }),
    runs: os.training.runs.handler(() => session().runs.runs()),
    run: os.training.run.handler(({ input }) => session().run(input.run)),
    remove: os.training.remove.handler(async ({ input }) => {
      await session().removeRun(input.run);
      changed('runs');
      return {};
    }),
  };
}
