import type { StudyListener } from '../app/comparisonStudyOperations.ts';
import type { ProcedureParts } from './procedures.ts';
import { refuseBesideComputing } from './searchProcedures.ts';

/** Comparisons of architectures. */
export function comparisonStudyProcedures({ os, application, session, jobs, hub, changed }: ProcedureParts) {
  /** The job of each study that is under way in this program. */
  const running = new Map<string, string>();

  const begin = (study: string) => {
    const target = session();
    const { number } = target.comparisonStudy(study);
    const job = jobs.start('comparisonStudy', `Comparison study ${number}`, async (context) => {
      const listener: StudyListener = {
        onTrial: (search, trial) => hub.publish({ kind: 'trial', search, trial }),
        onEpoch: (run, record) => hub.publish({ kind: 'epoch', run, record }),
        onRuns: () => changed('runs'),
        onChange: () => changed('searches'),
      };
      try {
        await target.conductComparisonStudy(study, listener, context);
        changed('reports');
        return { kind: 'comparisonStudy', study };
      } finally {
        running.delete(study);
      }
    });
    running.set(study, job);
    return { job, study };
  };

  return {
    start: os.comparisonStudies.start.handler(({ input }) => {
      refuseBesideComputing(application, jobs);
      return begin(session().createComparisonStudy(input));
    }),
    list: os.comparisonStudies.list.handler(() => session().comparisonStudies()),
    pause: os.comparisonStudies.pause.handler(({ input }) => {
      const job = running.get(input.study);
      if (job !== undefined) jobs.cancel(job);
      return {};
    }),
    resume: os.comparisonStudies.resume.handler(({ input }) => {
      refuseBesideComputing(application, jobs);
      return begin(input.study);
    }),
    remove: os.comparisonStudies.remove.handler(({ input }) => {
      session().removeComparisonStudy(input.study);
      changed('searches');
      return {};
    }),
  };
}
