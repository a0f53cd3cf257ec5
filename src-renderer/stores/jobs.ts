/** Long operations of the host, as the event stream tells of them. */
import { defineStore } from 'pinia';
import { computed, reactive } from 'vue';
import type { Job } from '../../src-shared/contract/events.ts';
import { useClient } from '../api/client.ts';
import { useDesktop } from '../api/desktop.ts';

export const useJobs = defineStore('jobs', () => {
  const client = useClient();
  const byId = reactive(new Map<string, Job>());
  const waiting = new Map<string, ((job: Job) => void)[]>();

  const running = computed(() => [...byId.values()].filter((job) => job.state === 'running'));

  function update(job: Job): void {
    const before = byId.get(job.id);
    byId.set(job.id, job);
    if (job.state === 'running') return;
    for (const resolve of waiting.get(job.id) ?? []) resolve(job);
    waiting.delete(job.id);
    if (before?.state === 'running') {
      const words = { finished: 'Done', failed: 'Did not succeed', cancelled: 'Cancelled' }[job.state];
      useDesktop().notify(job.title, job.failure?.message ?? words);
    }
  }

  async function refresh(): Promise<void> {
    for (const job of await client.jobs.list()) update(job);
  }

  /** Resolves when the job has ended, however it ended. */
  function ended(id: string): Promise<Job> {
    const known = byId.get(id);
    if (known && known.state !== 'running') return Promise.resolve(known);
    return new Promise((resolve) => waiting.set(id, [...(waiting.get(id) ?? []), resolve]));
  }

  async function cancel(id: string): Promise<void> {
    await client.jobs.cancel({ job: id });
  }

  return { byId, running, update, refresh, ended, cancel };
});
