import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Preflight } from '../../src-shared/contract/runs.ts';
import type { RunConfiguration } from '../../src-shared/contract/training.ts';
import { ComputeFailure, type ComputeClient } from '../engine/index.ts';

type Problem = Preflight['problems'][number];
type Checked = Pick<RunConfiguration, 'weights' | 'architecture' | 'head'>;

const remedy = 'Choose a weights file of this network, or none.';

/** Says before a run whether its weights file fits; every file is read once as long as it does not change. */
export function createWeightsCheck(compute: Pick<ComputeClient, 'inspectWeights'>) {
  const known = new Map<string, Problem[]>();

  async function inspect(path: string, { architecture, head }: Checked): Promise<Problem[] | null> {
    try {
      const { problems } = await compute.inspectWeights({ path, architecture, head });
      if (problems.length === 0) return [];
      const shown = problems.slice(0, 3).join('; ');
      const more = problems.length > 3 ? `; and ${problems.length - 3} more` : '';
      return [{ severity: 'blocks', message: `${basename(path)} does not fit: ${shown}${more}.`, remedy }];
    } catch (error) {
      if (!(error instanceof ComputeFailure)) throw error;
      // While something else is computed nothing can be said; the run itself will check.
      return error.code === 'WEIGHTS_REFUSED' ? [{ severity: 'blocks', message: error.message, remedy }] : null;
    }
  }

  return async (configuration: Checked): Promise<Problem[]> => {
    const { weights, architecture, head } = configuration;
    if (weights === null) return [];
    const file = await stat(weights).catch(() => null);
    // That it is not there is said elsewhere.
    if (!file?.isFile()) return [];
    const key = JSON.stringify([weights, file.size, file.mtimeMs, architecture, head]);
    const before = known.get(key);
    if (before) return before;
    const found = await inspect(weights, configuration);
    if (found !== null) known.set(key, found);
    return found ?? [];
  };
}
export type WeightsCheck = ReturnType<typeof createWeightsCheck>;
