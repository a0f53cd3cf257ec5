import { onMounted, ref, shallowRef, watch } from 'vue';
import type { SearchSpace } from '../../../src-shared/contract/search.ts';
import type { RunConfiguration } from '../../../src-shared/contract/training.ts';
import { defaultSearchSpace } from '../../../src-shared/domain/searchSpace.ts';
import { useClient } from '../../api/client.ts';
import { useAsync } from '../../api/useAsync.ts';
import { useRuns } from '../../stores/runs.ts';
import { quickTrial } from '../train/configuration.ts';

/** What all trials have in common and what is varied, as a form edits them; both start from recommended settings or an earlier run. */
export function useSearchBase() {
  const client = useClient();
  const runs = useRuns();
  const defaults = useAsync((signal) => client.training.defaults(undefined, { signal }));
  const found = useAsync((signal) => client.weights.found(undefined, { signal }));
  const base = ref<RunConfiguration | null>(null);
  const parameters = ref<SearchSpace['parameters']>({});
  const startFrom = shallowRef('recommended');

  function begin(configuration: RunConfiguration): void {
    base.value = structuredClone(configuration);
    parameters.value = defaultSearchSpace(configuration).parameters;
  }

  onMounted(async () => {
    await Promise.all([defaults.reload(), found.reload()]);
    if (defaults.data.value) begin(defaults.data.value);
  });
  watch(startFrom, (choice) => {
    const recommended = defaults.data.value;
    if (!recommended) return;
    const run = runs.list.find((one) => one.id === choice);
    begin(run ? run.configuration : choice === 'quick' ? quickTrial(recommended) : recommended);
  });

  const space = (): SearchSpace => ({
    format: 'parenchyma-search-space',
    version: 1,
    parameters: structuredClone(plain(parameters.value)),
  });
  return { defaults, found, base, parameters, startFrom, space };
}

/** What each trial takes before its first epoch: a process, the engine and its proof. */
export const startSeconds = 4;

/** Without Vue's proxies, which cannot be cloned. */
export function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
