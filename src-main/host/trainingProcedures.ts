import { defaultRunConfiguration } from '../../src-shared/contract/training.ts';
import type { ProcedureParts } from './procedures.ts';
import { computing } from './trainingQueue.ts';

/** Runs. */
export function trainingProcedures({ os, application, session, jobs, queue, changed }: ProcedureParts) {
  return {
    defaults: os.training.defaults.handler(() => defaultRunConfiguration),
    preflight: os.training.preflight.handler(({ input }) => session().preflight(input)),
    start: os.training.start.handler(({ input }) => {
      session();
      application.refuseWhileBusy(jobs.running().filter((one) => one.kind === 'train').length);
      return queue.start(input);
    }),
    enqueue: os.training.enqueue.handler(({ input }) => {
      session();
      return queue.enqueue(input);
    }),
    queue: os.training.queue.handler(() => {
      session();
      return queue.state();
    }),
    moveInQueue: os.training.moveInQueue.handler(({ input }) => {
      session().run(input.run);
      return queue.move(input.run, input.position);
    }),
    continueQueue: os.training.continueQueue.handler(() => {
      session();
      return queue.goOn();
    }),
    pause: os.training.pause.handler(({ input }) => {
      session().run(input.run);
      queue.pause(input.run);
      return {};
    }),
    resume: os.training.resume.handler(({ input }) => {
      session().run(input.run);
      return queue.resume(input.run);
    }),
    extend: os.training.extend.handler(({ input }) => {
      session().run(input.run);
      return queue.extend(input.run, input.epochs);
    }),
    cancel: os.training.cancel.handler(({ input }) => {
      session().run(input.run);
      queue.cancel(input.run);
      return {};
    }),
    rangeTest: os.training.rangeTest.handler(({ input }) => {
      const target = session();
      application.refuseWhileBusy(jobs.running().filter(({ kind }) => computing.has(kind)).length);
      const job = jobs.start('rangeTest', 'Learning-rate test', async (context) => ({
        kind: 'rangeTest',
        result: await target.testLearningRates(input, context),
      }));
      return { job };
    }),
    examples: os.training.examples.handler(({ input }) => session().examples(input.run)),
    runs: os.training.runs.handler(() => session().runs.runs()),
    run: os.training.run.handler(({ input }) => session().run(input.run)),
    remove: os.training.remove.handler(async ({ input }) => {
      await session().removeRun(input.run);
      changed('runs');
      return {};
    }),
  };
}
