import { ExpectedError } from '../../src-shared/contract/errors.ts';
import type { FreezeRequest, OperatingPointState } from '../../src-shared/contract/evaluation.ts';
import type { MetricsDocument } from '../../src-shared/contract/metrics.ts';
import type { JobContext } from '../../src-shared/contract/progress.ts';
import type { MetricsThread } from './metricsThread.ts';
import type { EvaluationStore } from './runPorts.ts';
import type { PredictionTable } from './table.ts';

export interface FreezeParts {
  store: Pick<EvaluationStore, 'document' | 'openings' | 'frozenPoints'> & {
    /** Stored predictions of a run on validation. */
    validationTable(run: string, positiveClass: string): PredictionTable;
    /** Writes the history's entry and the figures at the new point in one transaction. */
    saveFrozenPoint(
      run: string,
      point: ReturnType<EvaluationStore['frozenPoints']>[number],
      document: MetricsDocument,
    ): void;
  };
  metrics: MetricsThread;
  now(): string;
}

export function operatingPointState(store: FreezeParts['store'], run: string): OperatingPointState {
  return { history: store.frozenPoints(run), testOpened: store.openings().some((one) => one.run === run) };
}

/**
 * Freezes the operating point of a run: a deliberate act with a name, written to an append-only history. The validation figures are
 * computed again at the new point. Refused once the test set was opened with the run.
 */
export async function freezePoint(
  parts: FreezeParts,
  request: FreezeRequest,
  context: JobContext,
): Promise<MetricsDocument> {
  const { store } = parts;
  const before = store.document(request.run, 'validation');
  if (before === null) throw notEvaluated();
  if (operatingPointState(store, request.run).testOpened) throw tooLate();
  const operatingPoint = { threshold: request.threshold, rule: request.rule, chosenOn: 'validation' as const };
  const document = await parts.metrics.run(
    {
      kind: 'metrics',
      table: store.validationTable(request.run, before.positiveClass),
      options: {
        set: 'validation',
        positiveClass: before.positiveClass,
        operatingPoint,
        interval: before.sensitivity.method === 'clopper-pearson' ? 'exact' : 'wilson',
        aggregation: before.patientLevel?.aggregation ?? 'mean',
        multiclass: before.multiclass,
      },
    },
    context,
  );
  // Asked again: the set may have been opened while the figures were computed.
  if (operatingPointState(store, request.run).testOpened) throw tooLate();
  const { frozenBy, reason } = request;
  store.saveFrozenPoint(request.run, { ...operatingPoint, frozenBy, reason, at: parts.now() }, document);
  return document;
}

function notEvaluated(): ExpectedError {
  return new ExpectedError({
    code: 'NOT_FOUND',
    message: 'The run has not been evaluated on validation, where the operating point is chosen.',
    remedy: 'Evaluate it on validation first.',
  });
}

function tooLate(): ExpectedError {
  return new ExpectedError({
    code: 'TEST_SET_LOCKED',
    message: 'The test set has been opened with this run: its operating point is frozen for good.',
    kept: 'The operating point stays as it was when the test set was opened.',
    remedy:
      'Train a new run if another operating point is needed, and say in the report that the test set was seen before.',
  });
}
