import { homedir, userInfo } from 'node:os';
import { softwareVersion } from '../platform/version.ts';
import { browseFolder } from './browse.ts';
import type { HostParts } from './parts.ts';
import type { ProcedureParts } from './procedures.ts';

/** The program itself, what it does at present, and the stream of events. */
export function systemProcedures({ os, application, shell, jobs, hub }: ProcedureParts & Pick<HostParts, 'shell'>) {
  const system = {
    about: os.system.about.handler(() => ({
      version: softwareVersion,
      shell,
      user: userInfo().username,
      home: homedir(),
    })),
    diagnose: os.system.diagnose.handler(() => application.diagnose()),
    chooseBackend: os.system.chooseBackend.handler(({ input }) => {
      application.refuseWhileBusy(jobs.running().length);
      return application.chooseBackend(input.backend);
    }),
    browse: os.system.browse.handler(({ input }) => browseFolder(input.path)),
  };
  const events = {
    watch: os.events.watch.handler(({ signal }) =>
      hub.watch(
        jobs.running().map((job) => ({ kind: 'job', job })),
        signal,
      ),
    ),
  };
  const job = {
    list: os.jobs.list.handler(() => jobs.list()),
    cancel: os.jobs.cancel.handler(({ input }) => {
      jobs.cancel(input.job);
      return {};
    }),
  };
  return { system, events, job };
}
