/** The project's runs and, while one is under way, its epochs as they arrive. */
import { defineStore } from 'pinia';
import { computed, reactive, ref, shallowRef } from 'vue';
import type { EpochRecord } from '../../src-shared/contract/training.ts';
import type { Failure } from '../../src-shared/contract/errors.ts';
import type { RunRow } from '../../src-shared/contract/runRecords.ts';
import { useClient } from '../api/client.ts';
import { toFailure } from '../api/failure.ts';

export const useRuns = defineStore('runs', () => {
  const client = useClient();
  /** Latest first. */
  const list = shallowRef<RunRow[]>([]);
  const failure = shallowRef<Failure | null>(null);
  /** False until the list has been asked for once. */
  const known = ref(false);
  const liveEpochs = reactive(new Map<string, EpochRecord[]>());

  /** Runs with a kept model, archived ones last. */
  const usable = computed(() => {
    const withModel = list.value.filter((run) => run.best !== null);
    const [listed, archived] = [true, false].map((isListed) =>
      withModel.filter((run) => (run.archivedAt === null) === isListed),
    );
    return [...listed!, ...archived!];
  });

  async function refresh(): Promise<void> {
    try {
      list.value = [...(await client.runs.list())].sort((a, b) => b.number - a.number);
      failure.value = null;
      known.value = true;
    } catch (error) {
      failure.value = toFailure(error);
      throw error;
    }
  }

  function addEpoch(run: string, record: EpochRecord): void {
    const others = (liveEpochs.get(run) ?? []).filter((one) => one.epoch !== record.epoch);
    liveEpochs.set(
      run,
      [...others, record].sort((a, b) => a.epoch - b.epoch),
    );
    // Its first epoch gives a run the model with which Results, Review and heat maps can begin.
    if (list.value.some((one) => one.id === run && one.best === null)) void refresh().catch(() => undefined);
  }

  /** Stored epochs together with those that arrived since. */
  function epochsOf(run: string, stored: readonly EpochRecord[]): EpochRecord[] {
    const byNumber = new Map(stored.map((record) => [record.epoch, record]));
    for (const record of liveEpochs.get(run) ?? []) byNumber.set(record.epoch, record);
    return [...byNumber.values()].sort((a, b) => a.epoch - b.epoch);
  }

  function clear(): void {
    list.value = [];
    known.value = false;
    failure.value = null;
    liveEpochs.clear();
  }

  return { list, known, failure, usable, refresh, addEpoch, epochsOf, clear };
});
