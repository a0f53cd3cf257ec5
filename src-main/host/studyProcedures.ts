import type { ProjectSession } from '../app/session.ts';
import type { Jobs } from './jobs.ts';
import type { Procedures } from './procedures.ts';

/** Predictions on pictures outside of the library. */
export function studyProcedures(os: Procedures, session: () => ProjectSession, jobs: Jobs) {
  return {
    start: os.studies.start.handler(({ input }) => {
      const target = session();
      const id = jobs.start('study', `New pictures for ${input.run.replace('-', ' ')}`, async (context) => {
        const document = await target.predictStudies(input, context);
        return { kind: 'study', study: document.id };
      });
      return { job: id };
    }),
    list: os.studies.list.handler(() => session().studies()),
    forget: os.studies.forget.handler(async ({ input }) => {
      await session().forgetStudy(input.study);
      return {};
    }),
  };
}
