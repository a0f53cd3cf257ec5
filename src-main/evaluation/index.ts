/** Metrics with their intervals, operating points, comparisons of runs, and the evaluation of a run on a set of images. */
export { summariseAttention } from './audit/attention.ts';
export type { AttentionOfImage } from './audit/attention.ts';
export { auditFindings } from './audit/findings.ts';
export { shareOutside } from './audit/heatMass.ts';
export { findBodyAndLung } from './audit/masks.ts';
export type { ImageMetadata } from './audit/metadataModel.ts';
export { compareRuns } from './compareRuns.ts';
export type { ComparedRun, ComparisonResult } from './compareRuns.ts';
export { computeMetrics } from './computeMetrics.ts';
export type { MetricsOptions } from './computeMetrics.ts';
export { intervalOf } from './confusion.ts';
export { readCsvTable } from './csvTable.ts';
export type { CsvTable, CsvTableResult } from './csvTable.ts';
export { evaluateRun } from './evaluateRun.ts';
export type { EvaluationParts } from './evaluateRun.ts';
export { freezePoint, operatingPointState } from './freezePoint.ts';
export { holm } from './holm.ts';
export { cohenKappa } from './kappa.ts';
export { metricsFromCsv } from './metricsFromCsv.ts';
export type { CsvMetricsOptions, CsvMetricsResult } from './metricsFromCsv.ts';
export type { CsvRefusal } from './readCsvFile.ts';
export { createMetricsThread } from './metricsThread.ts';
export type { MetricsThread } from './metricsThread.ts';
export { multiclassMetrics } from './multiclass.ts';
export type { MulticlassTable } from './multiclass.ts';
export { chooseThreshold } from './operatingPoint.ts';
export type { ThresholdChoice } from './operatingPoint.ts';
export { describeOverlap, findOverlap } from './overlap.ts';
export type { Overlap } from './overlap.ts';
export { parseCsv } from './parseCsv.ts';
export { aggregate } from './patientLevel.ts';
export type {
  EvaluatedRun,
  EvaluationImage,
  EvaluationStore,
  Predictor,
  StoredPrediction,
  TestSetFacts,
} from './runPorts.ts';
export { subgroupFigures } from './subgroups.ts';
export type { SubgroupRow } from './subgroups.ts';
export { disputedImages, reviewAgreement } from './review/agreement.ts';
export type { ReviewState, ReviewedSet } from './review/agreement.ts';
export { agreedLabels, labelAgreement } from './review/labelAgreement.ts';
export { answerOf, standingOf, verdictOnPrediction } from './review/answer.ts';
export type { JudgedPrediction, NamedClass } from './review/answer.ts';
export { consensusOf } from './review/consensus.ts';
export type { Consensus } from './review/consensus.ts';
export { differ, visibleTo } from './review/visible.ts';
export { tableFromRows } from './table.ts';
export type { PredictionRow, PredictionTable } from './table.ts';
export { grayFacts, outsideTraining, trainingProfile } from './studies/domain.ts';
export type { PictureFacts, TrainingProfile } from './studies/domain.ts';
