import type { JobKind } from '../../src-shared/contract/events.ts';
import type { Application } from '../app/application.ts';
import type { Jobs } from './jobs.ts';
import type { ProcedureParts } from './procedures.ts';

/** Hyperparameter searches. */
export function searchProcedures({ os, application, session, jobs, hub, changed }: ProcedureParts) {
  /** The job of each search that is under way in this program. */
  const running = new Map<string, string>();

  const begin = (search: string) => {
    const target = session();
    const job = jobs.start('search', `Search ${target.search(search).number}`, async (context) => {
      try {
        const { best } = await target.conductSearch(
          search,
          {
            onTrial: (id, trial) => hub.publish({ kind: 'trial', search: id, trial }),
            onChange: () => changed('searches'),
          },
          context,
        );
        return { kind: 'search', search, best };
      } finally {
        running.delete(search);
      }
    });
    running.set(search, job);
    return { job, search };
  };

  return {
    start: os.searches.start.handler(({ input }) => {
      refuseBesideComputing(application, jobs);
      return begin(session().createSearch(input));
    }),
    list: os.searches.list.handler(() => session().searches()),
    search: os.searches.search.handler(({ input }) => session().search(input.search)),
    diskUse: os.searches.diskUse.handler(({ input }) => session().searchDiskUse(input.search)),
    epochs: os.searches.epochs.handler(({ input }) => session().trialEpochs(input.search, input.trial)),
    pause: os.searches.pause.handler(({ input }) => {
      const job = running.get(input.search);
      if (job !== undefined) jobs.cancel(job);
      return {};
    }),
    resume: os.searches.resume.handler(({ input }) => {
      refuseBesideComputing(application, jobs);
      return begin(input.search);
    }),
    cancel: os.searches.cancel.handler(async ({ input }) => {
      await session().cancelSearch(input.search);
      const job = running.get(input.search);
      if (job !== undefined) jobs.cancel(job);
      changed('searches');
      return {};
    }),
    promote: os.searches.promote.handler(async ({ input }) => {
      const run = await session().promoteBest(input.search);
      changed('runs');
      changed('searches');
      return { run };
    }),
    remove: os.searches.remove.handler(async ({ input }) => {
      await session().removeSearch(input.search);
      changed('searches');
      return {};
    }),
  };
}

/** Work that needs the machine for itself. */
const computing: ReadonlySet<JobKind> = new Set<JobKind>(['train', 'search', 'comparisonStudy']);

/** Two of them at once would take each other's memory and time. */
export function refuseBesideComputing(application: Application, jobs: Jobs): void {
  application.refuseWhileBusy(jobs.running().filter(({ kind }) => computing.has(kind)).length);
}
