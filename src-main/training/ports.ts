import type { RangePoint } from '../../src-shared/contract/rangeTest.ts';
import type { ComputeEvent, RangeTestJob, TrainedEvent, TrainJobInput } from '../../src-shared/contract/compute.ts';
import type { Failure } from '../../src-shared/contract/errors.ts';
import type { Examples } from '../../src-shared/contract/queue.ts';
import type { ClassSummary } from '../../src-shared/contract/project.ts';
import type { RunState } from '../../src-shared/contract/runs.ts';
import type {
  BackendInfo,
  EpochRecord,
  ModelCard,
  Preprocessing,
  RunConfiguration,
} from '../../src-shared/contract/training.ts';
import type { DatasetImage, InputImage } from './images.ts';
import type { Plan } from './plan.ts';

/** What a run was trained on, frozen; `sha256` is of the canonical JSON of `document`. */
export interface Snapshot {
  sha256: string;
  document: string;
}

export interface TrainingStore {
  classes(): ClassSummary[];
  /** Labelled images of the split in force, by image id; empty without a split. */
  dataset(): DatasetImage[];
  createRun(
    configuration: RunConfiguration,
    snapshot: Snapshot,
    at: string,
    state?: 'preparing' | 'queued',
  ): { id: string; number: number };
  savePlan(run: string, plan: Plan): void;
  /** Null for a run of before there were plans. */
  plan(run: string): Plan | null;
  configuration(run: string): RunConfiguration;
  /** Files of images by their ids, in the same order. */
  imageFiles(ids: readonly number[]): InputImage[];
  /** One sentence about what happened to the run. */
  addEvent(run: string, words: string): void;
  saveExamples(run: string, examples: Examples): void;
  setRunState(run: string, state: RunState, change?: RunChange): void;
  addEpoch(run: string, record: EpochRecord): void;
}

export interface RunChange {
  endedAt?: string;
  backend?: BackendInfo;
  card?: ModelCard | null;
  peakMemoryBytes?: number;
  failure?: Failure;
}

/** Gives one image as the network sees it: size×size gray bytes, row-major. Rejects when the file cannot be read. */
export interface InputSource {
  networkInput(
    path: string,
    frame: number,
    preprocessing: Preprocessing,
    /** Content that the file must still have. */
    expected: { fileSha256: string },
  ): Promise<Uint8Array>;
}

export type ProgressEvent = Extract<ComputeEvent, { kind: 'progress' }>;

/** The compute process as the range test sees it. */
export interface RangeTester {
  status(): Promise<{ chosen: BackendInfo | null }>;
  rangeTest(
    job: Omit<RangeTestJob, 'kind' | 'job'>,
    onEvent: (event: ComputeEvent) => void,
    signal: AbortSignal,
  ): Promise<RangePoint[]>;
}

/** The compute process as training sees it. */
export interface Trainer {
  status(): Promise<{ chosen: BackendInfo | null }>;
  train(
    job: TrainJobInput,
    onEvent: (event: ComputeEvent) => void,
    signal: AbortSignal,
    pause?: AbortSignal,
  ): Promise<TrainedEvent>;
}
