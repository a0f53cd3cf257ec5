import { statfs } from 'node:fs/promises';
import type { Preflight } from '../../src-shared/contract/runs.ts';
import type { BackendInfo, RunConfiguration } from '../../src-shared/contract/training.ts';
import type { ProjectStore } from '../store/index.ts';
import { estimateDisk, estimateTime, findingProblems, type DataCheck } from '../training/index.ts';
import type { WeightsCheck } from './weightsCheck.ts';

/** Adds engine, time, disk and the findings about the data to what was found about data and configuration. */
export async function outlookOf(
  path: string,
  store: ProjectStore,
  configuration: RunConfiguration,
  checked: DataCheck,
  engine: BackendInfo | null,
  checkWeights: WeightsCheck,
): Promise<Preflight> {
  const classes = Math.max(2, store.classes.classes().filter((one) => one.images > 0).length);
  const counts = checked.images;
  const time =
    engine === null || counts.training === 0
      ? null
      : estimateTime(configuration, classes, counts, engine, store.runRecords.speeds());
  const free = await freeBytes(path);
  const found = free === null ? null : estimateDisk(configuration, classes, counts, free);
  store.findings.refresh(new Date().toISOString());
  const weights = engine === null ? [] : await checkWeights(configuration);
  const problems = [
    ...checked.problems,
    ...weights,
    ...findingProblems(store.findings.findings()),
    ...(found?.problems ?? []),
  ];
  return {
    ...checked,
    ready: !problems.some((problem) => problem.severity === 'blocks'),
    problems,
    engine,
    time,
    disk: found?.disk ?? null,
  };
}

/** Null where the file system does not say. */
async function freeBytes(path: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  } catch {
    return null;
  }
}
