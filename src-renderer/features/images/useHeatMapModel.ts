import { computed, ref } from 'vue';
import { useSteadyRun } from '../../stores/runChoice.ts';
import { useRuns } from '../../stores/runs.ts';

/** Model of the heat maps: the run that was chosen, else the newest that has one. */
export function useHeatMapModel() {
  const runs = useRuns();
  const chosen = ref<string | null>(null);
  const steady = useSteadyRun(() => [chosen.value]);
  const heatMapRun = computed({
    get: () => steady.value,
    set: (run) => (chosen.value = run),
  });
  const heatMapRuns = computed(() => runs.usable.map((run) => ({ id: run.id, words: `Run ${run.number}` })));
  return { heatMapRun, heatMapRuns };
}
