/** The run under way and those that wait for their turn, as the host has them. */
import { defineStore } from 'pinia';
import { computed, shallowRef, watch } from 'vue';
import type { Job } from '../../src-shared/contract/events.ts';
import type { Queue } from '../../src-shared/contract/queue.ts';
import { useClient } from '../api/client.ts';
import { useJobs } from './jobs.ts';
import { useSession } from './session.ts';

const empty: Queue = { held: false, running: null, waiting: [] };

export const useQueue = defineStore('queue', () => {
  const client = useClient();
  const session = useSession();
  const jobs = useJobs();
  const state = shallowRef<Queue>(empty);

  const isBusy = computed(() => state.value.running !== null || state.value.waiting.length > 0);

  async function refresh(): Promise<void> {
    state.value = session.project ? await client.training.queue() : empty;
  }

  /** The job of a run that is under way. */
  function jobOf(run: string): Job | null {
    const { running } = state.value;
    return running?.run === run ? (jobs.byId.get(running.job) ?? null) : null;
  }

  /** Place in the queue, 1 being the next; null where the run does not wait. */
  function positionOf(run: string): number | null {
    return state.value.waiting.find((one) => one.run === run)?.position ?? null;
  }

  async function move(run: string, position: number): Promise<void> {
    state.value = await client.training.moveInQueue({ run, position });
  }
  async function goOn(): Promise<void> {
    state.value = await client.training.continueQueue();
  }

  watch(
    [() => session.project?.id, () => session.revision.runs],
    () => {
      // What cannot be asked for now is asked for with the next change.
      void refresh().catch(() => undefined);
    },
    { immediate: true },
  );
  return { state, isBusy, refresh, jobOf, positionOf, move, goOn };
});
