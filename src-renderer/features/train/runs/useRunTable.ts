/** How the table of runs is looked at; it stays while other screens are open, and ends with the project. */
import { defineStore } from 'pinia';
import { ref, watch } from 'vue';
import { useSession } from '../../../stores/session.ts';
import { everyRun, type RunFilter, type SortKey } from './runTable.ts';

export const useRunTable = defineStore('runTable', () => {
  const session = useSession();
  /** Ids of the runs chosen by their boxes, in the order of choice. */
  const chosen = ref<string[]>([]);
  const sortKey = ref<SortKey>('number');
  const descending = ref(true);
  const filter = ref<RunFilter>({ ...everyRun });

  function toggle(run: string): void {
    chosen.value = chosen.value.includes(run) ? chosen.value.filter((one) => one !== run) : [...chosen.value, run];
  }

  /** A second press turns the order round; figures begin with the highest. */
  function sortBy(key: SortKey): void {
    descending.value = sortKey.value === key ? !descending.value : true;
    sortKey.value = key;
  }

  watch(
    () => session.project?.id,
    () => {
      chosen.value = [];
      filter.value = { ...everyRun };
    },
  );
  return { chosen, sortKey, descending, filter, toggle, sortBy };
});
