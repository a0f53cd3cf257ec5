import type { ProcedureParts } from './procedures.ts';

/** One configuration trained several times. */
export function groupProcedures({ os, session, queue, changed }: ProcedureParts) {
  return {
    start: os.groups.start.handler(({ input }) => {
      const target = session();
      const listener = { onEpoch: () => undefined, onChange: () => undefined };
      const started = target.startRunGroup(input, (configuration, options) =>
        target.enqueueRun(configuration, listener, options),
      );
      queue.goOn();
      changed('runs');
      return started;
    }),
    list: os.groups.list.handler(() => session().runGroups()),
  };
}
