/** The run and the set that the address names; without one the newest run that can be judged, and validation. */
import { computed } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { useRuns } from '../../stores/runs.ts';

export function useReviewedRun() {
  const runs = useRuns();
  const route = useRoute();
  const router = useRouter();
  const runId = computed(() => {
    const wish = route.query.run;
    const known = typeof wish === 'string' && runs.usable.some((run) => run.id === wish);
    return known ? (wish as string) : (runs.usable[0]?.id ?? null);
  });
  const run = computed(() => runs.usable.find((one) => one.id === runId.value) ?? null);
  const set = computed<'validation' | 'test'>(() => (route.query.set === 'test' ? 'test' : 'validation'));

  function setQuery(change: Record<string, string | undefined>): void {
    void router.replace({ query: { ...route.query, ...change } });
  }
  return { runs, runId, run, set, setQuery };
}
