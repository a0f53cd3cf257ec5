import type { FrozenPoint } from '../../src-shared/contract/evaluation.ts';
import type { ReportImage, ReportRepeats, ReportStudy } from './model.ts';
import type { ReportPrediction, ReportReading, ReportRun, ReportSource } from './ports.ts';

/** Everything that a source says about some runs, as plain data that can be sent to the thread which writes the report. */
export interface ReportFacts {
  softwareVersion: string;
  project: ReturnType<ReportSource['project']>;
  data: ReturnType<ReportSource['data']>;
  split: ReturnType<ReportSource['split']>;
  openings: ReturnType<ReportSource['openings']>;
  study: ReportStudy | null;
  images: ReportImage[];
  repeats: ReportRepeats[];
  runs: {
    id: string;
    run: ReportRun | null;
    predictions: ReportPrediction[];
    frozenPoints: FrozenPoint[];
    readings: ReportReading[];
  }[];
}

/** Reads the source once. A run that does not exist is null, which buildReport refuses. */
export function readReportFacts(source: ReportSource, runs: readonly string[]): ReportFacts {
  return {
    softwareVersion: source.softwareVersion,
    project: source.project(),
    data: source.data(),
    split: source.split(),
    openings: source.openings(),
    study: source.study?.(runs) ?? null,
    images: source.images?.() ?? [],
    repeats: source.repeats?.(runs) ?? [],
    runs: runs.map((id) => ({
      id,
      run: source.run(id),
      predictions: source.predictions(id),
      frozenPoints: source.frozenPoints(id),
      readings: source.readings?.(id) ?? [],
    })),
  };
}

/** The same facts as a source again. */
export function sourceOfFacts(facts: ReportFacts): ReportSource {
  const byId = new Map(facts.runs.map((one) => [one.id, one]));
  return {
    softwareVersion: facts.softwareVersion,
    project: () => facts.project,
    data: () => facts.data,
    split: () => facts.split,
    openings: () => facts.openings,
    study: () => facts.study,
    images: () => facts.images,
    repeats: () => facts.repeats,
    run: (id) => byId.get(id)?.run ?? null,
    frozenPoints: (id) => byId.get(id)?.frozenPoints ?? [],
    predictions: (id) => byId.get(id)?.predictions ?? [],
    readings: (id) => byId.get(id)?.readings ?? [],
  };
}
