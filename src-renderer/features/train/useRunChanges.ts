import { watch } from 'vue';
import { useRuns } from '../../stores/runs.ts';

/**
 * Calls `changed` when runs were listed anew and the run is among them, `gone` when it no longer is: the host tells of a deletion
 * before it answers whoever asked for it, and what was deleted is not asked for again.
 */
export function useRunChanges(runId: string, changed: () => void, gone: () => void = () => undefined): void {
  const runs = useRuns();
  watch(
    () => runs.list,
    (list, before) => {
      // Emptied because the project was closed: nothing was deleted.
      if (!runs.known) return;
      const isIn = (rows: typeof list) => rows.some((one) => one.id === runId);
      if (isIn(list)) changed();
      else if (isIn(before)) gone();
    },
  );
}
