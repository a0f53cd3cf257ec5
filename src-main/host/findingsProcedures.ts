import type { ProcedureParts } from './procedures.ts';

type CheckParts = Pick<ProcedureParts, 'session' | 'jobs' | 'changed' | 'isOpen'>;

/** Starts the check of the images in the background, unless it is under way or there is nothing new. Null when it was not started. */
export function startCheck({ session, jobs, changed }: CheckParts): string | null {
  const target = session();
  const under = jobs.running().find((one) => one.kind === 'check');
  if (under !== undefined) return under.id;
  if (target.checkState().upToDate) return null;
  return jobs.start('check', 'Checking the images', async (context) => {
    try {
      await target.check(context);
      return { kind: 'check', findings: target.findings().findings.length };
    } finally {
      changed('library');
    }
  });
}

/** Time after an import in which another one may begin. */
const pauseMilliseconds = 1000;

/** Starts the check when nothing was imported for a moment. */
export function checkLater(parts: CheckParts): void {
  setTimeout(() => {
    const busy = parts.jobs.running().some((one) => one.kind === 'import' || one.kind === 'sample');
    if (!busy && parts.isOpen()) startCheck(parts);
  }, pauseMilliseconds).unref();
}

/** Findings with their decisions, exclusions, the background check, and snapshots. */
export function findingsProcedures(parts: ProcedureParts) {
  const { os, session, changed } = parts;
  const after = () => {
    changed('library');
    return session().findings();
  };
  return {
    findings: {
      list: os.findings.list.handler(() => session().findings()),
      cases: os.findings.cases.handler(({ input }) => session().findingCases(input.finding, input)),
      accept: os.findings.accept.handler(({ input }) => {
        session().acceptFinding(input.target, input);
        return after();
      }),
      reopen: os.findings.reopen.handler(({ input }) => {
        session().reopenFinding(input.target, input);
        return after();
      }),
      resolve: os.findings.resolve.handler(({ input }) => {
        session().resolveFinding(input);
        return after();
      }),
      exclude: os.findings.exclude.handler(({ input }) => {
        const result = session().excludeImages(input.imageIds, input.excluded, { ...input, author: '' });
        changed('library');
        return { changed: result };
      }),
      check: os.findings.check.handler(() => ({ job: startCheck(parts) ?? '' })),
    },
    snapshots: {
      list: os.snapshots.list.handler(() => session().snapshots()),
      compare: os.snapshots.compare.handler(({ input }) => session().compareSnapshots(input.before, input.after)),
    },
  };
}
