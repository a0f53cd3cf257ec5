/** The model with which new studies are predicted. */
import { defineStore } from 'pinia';
import { computed, shallowRef, watch } from 'vue';
import type { ModelInUse, UseModel } from '../../src-shared/contract/runRecords.ts';
import { useClient } from '../api/client.ts';
import { useRuns } from './runs.ts';
import { useSession } from './session.ts';

export const useModelInUse = defineStore('modelInUse', () => {
  const client = useClient();
  const session = useSession();
  const runs = useRuns();
  const state = shallowRef<ModelInUse>({ current: null, history: [] });

  const run = computed(() => state.value.current?.run ?? null);
  /** The run's line in the table; null also while the table is on its way. */
  const row = computed(() => runs.list.find((one) => one.id === run.value) ?? null);

  async function refresh(): Promise<void> {
    state.value = session.project ? await client.runs.modelInUse() : { current: null, history: [] };
  }
  async function use(wish: UseModel): Promise<void> {
    state.value = await client.runs.useModel(wish);
  }

  watch(
    [() => session.project?.id, () => session.revision.runs],
    () => {
      // What cannot be asked for now is asked for with the next change.
      void refresh().catch(() => undefined);
    },
    { immediate: true },
  );
  return { state, run, row, refresh, use };
});
