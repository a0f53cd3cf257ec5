import { computed, ref } from 'vue';
import { useRuns } from '../../stores/runs.ts';

/** Model of the heat maps: the run that was chosen, else the newest that has one. */
export function useHeatMapModel() {
  const runs = useRuns();
  const chosen = ref<string | null>(null);
  const heatMapRun = computed({
    get: () => runs.usable.find((run) => run.id === chosen.value)?.id ?? runs.usable[0]?.id ?? null,
    set: (run) => (chosen.value = run),
  });
  const heatMapRuns = computed(() => runs.usable.map((run) => ({ id: run.id, words: `Run ${run.number}` })));
  return { heatMapRun, heatMapRuns };
}
