/** The run and the set that the address names; without one the newest run that can be judged, and validation. */
import { computed } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { useRuns } from '../../stores/runs.ts';

/** `preferred`: the run to begin with where the address names none. */
export function useReviewedRun(preferred: () => string | null = () => null) {
  const runs = useRuns();
  const route = useRoute();
  const router = useRouter();
  const runId = computed(() => {
    const wish = route.query.run;
    const known = typeof wish === 'string' && runs.usable.some((run) => run.id === wish);
    if (known) return wish as string;
    const first = preferred();
    return runs.usable.find((run) => run.id === first)?.id ?? runs.usable[0]?.id ?? null;
  });
  const run = computed(() => runs.usable.find((one) => one.id === runId.value) ?? null);
  const set = computed<'validation' | 'test'>(() => (route.query.set === 'test' ? 'test' : 'validation'));

  function setQuery(change: Record<string, string | undefined>): void {
    void router.replace({ query: { ...route.query, ...change } });
  }
  return { runs, runId, run, set, setQuery };
}
