/** Which run a screen is about. */
import { computed, ref, watch, type ComputedRef } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { useRuns } from './runs.ts';

/**
 * The first of the wishes that is a run with a model. Where none of them is, the newest one, which stays while it is there: a run that is
 * trained meanwhile takes nobody away from what they look at.
 */
export function useSteadyRun(wishes: () => readonly unknown[]): ComputedRef<string | null> {
  const runs = useRuns();
  const shown = ref<string | null>(null);
  const usable = (wish: unknown): string[] => runs.usable.flatMap(({ id }) => (id === wish ? [id] : []));
  const chosen = computed(() => [...wishes(), shown.value].flatMap(usable)[0] ?? runs.usable[0]?.id ?? null);
  watch(chosen, (id) => (shown.value = id), { immediate: true });
  return chosen;
}

/**
 * The run and the set that the address names; without them a steady run, and validation.
 *
 * @param preferred the run to begin with where the address names none
 */
export function useAddressedRun(preferred: () => string | null = () => null) {
  const runs = useRuns();
  const route = useRoute();
  const router = useRouter();
  const runId = useSteadyRun(() => [route.query.run, preferred()]);
  const run = computed(() => runs.usable.find((one) => one.id === runId.value) ?? null);
  function setQuery(change: Record<string, string | undefined>): void {
    void router.replace({ query: { ...route.query, ...change } });
  }
  const set = computed<'validation' | 'test'>({
    get: () => (route.query.set === 'test' ? 'test' : 'validation'),
    set: (next) => setQuery({ set: next }),
  });
  return { runs, runId, run, set, setQuery };
}
