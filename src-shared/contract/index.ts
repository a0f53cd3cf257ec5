/**
 * All procedures of the host, by domain; each domain has its file in procedures/. Schemas are the single definition; types are
 * inferred from them.
 */
import { auditProcedures } from './procedures/audit.ts';
import { comparisonStudiesProcedures } from './procedures/comparisonStudies.ts';
import { evaluationProcedures } from './procedures/evaluation.ts';
import { findingsProcedures, snapshotsProcedures } from './procedures/findings.ts';
import { groupsProcedures } from './procedures/groups.ts';
import { heatmapsProcedures } from './procedures/heatmaps.ts';
import { labellingProcedures } from './procedures/labelling.ts';
import { libraryProcedures } from './procedures/library.ts';
import { modelsProcedures, weightsProcedures } from './procedures/models.ts';
import { projectProcedures } from './procedures/project.ts';
import { reportProcedures } from './procedures/report.ts';
import { reviewProcedures } from './procedures/review.ts';
import { runsProcedures } from './procedures/runs.ts';
import { searchProcedures } from './procedures/search.ts';
import { studiesProcedures } from './procedures/studies.ts';
import { eventsProcedures, jobsProcedures, systemProcedures } from './procedures/system.ts';
import { trainingProcedures } from './procedures/training.ts';
import { viewerProcedures } from './procedures/viewer.ts';

export const contract = {
  system: systemProcedures,
  events: eventsProcedures,
  jobs: jobsProcedures,
  project: projectProcedures,
  library: libraryProcedures,
  labelling: labellingProcedures,
  findings: findingsProcedures,
  snapshots: snapshotsProcedures,
  training: trainingProcedures,
  runs: runsProcedures,
  searches: searchProcedures,
  comparisonStudies: comparisonStudiesProcedures,
  groups: groupsProcedures,
  evaluation: evaluationProcedures,
  weights: weightsProcedures,
  models: modelsProcedures,
  heatmaps: heatmapsProcedures,
  review: reviewProcedures,
  viewer: viewerProcedures,
  audit: auditProcedures,
  studies: studiesProcedures,
  report: reportProcedures,
};
export type Contract = typeof contract;
