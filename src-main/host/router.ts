import type { ChangedWhat } from '../../src-shared/contract/events.ts';
import { auditProcedures } from './auditProcedures.ts';
import { comparisonStudyProcedures } from './comparisonStudyProcedures.ts';
import type { HostParts } from './parts.ts';
import { evaluationProcedures } from './evaluationProcedures.ts';
import type { EventHub } from './eventHub.ts';
import { findingsProcedures } from './findingsProcedures.ts';
import type { Jobs } from './jobs.ts';
import { labellingProcedures } from './labellingProcedures.ts';
import { libraryProcedures } from './libraryProcedures.ts';
import { modelProcedures } from './modelProcedures.ts';
import { createProcedures, type ProcedureParts } from './procedures.ts';
import { projectProcedures } from './projectProcedures.ts';
import { reportProcedures } from './reportProcedures.ts';
import { reviewProcedures } from './reviewProcedures.ts';
import { runProcedures } from './runProcedures.ts';
import { studyProcedures } from './studyProcedures.ts';
import { groupProcedures } from './groupProcedures.ts';
import { searchProcedures } from './searchProcedures.ts';
import { systemProcedures } from './systemProcedures.ts';
import { trainingProcedures } from './trainingProcedures.ts';
import type { TrainingQueue } from './trainingQueue.ts';
import { viewerProcedures } from './viewerProcedures.ts';

export interface RouterParts extends HostParts {
  jobs: Jobs;
  hub: EventHub;
  queue: TrainingQueue;
}

/** Each procedure: parsed input → feature → answer. Failures become words in one place. */
export function createRouter({ application, shell, jobs, hub, queue, logger }: RouterParts) {
  const os = createProcedures(logger);
  const session = () => application.requireSession();
  const changed = (what: ChangedWhat) => hub.publish({ kind: 'changed', what });
  const isOpen = () => application.session() !== null;
  const parts: ProcedureParts = { os, application, session, jobs, hub, queue, changed, isOpen };
  const { system, events, job } = systemProcedures({ ...parts, shell });
  return os.router({
    system,
    events,
    jobs: job,
    project: projectProcedures(parts),
    library: libraryProcedures(parts),
    labelling: labellingProcedures(parts),
    ...findingsProcedures(parts),
    training: trainingProcedures(parts),
    runs: runProcedures(parts),
    searches: searchProcedures(parts),
    comparisonStudies: comparisonStudyProcedures(parts),
    groups: groupProcedures(parts),
    evaluation: evaluationProcedures(parts),
    ...modelProcedures(parts),
    review: reviewProcedures(os, session, changed),
    viewer: viewerProcedures(os, application),
    audit: auditProcedures(os, session, jobs, changed),
    studies: studyProcedures(os, session, jobs),
    report: reportProcedures(parts),
  });
}
