/** What the whole window knows: the open project, the connection, and how often stored things have changed. */
import { defineStore } from 'pinia';
import { computed, reactive, ref, shallowRef } from 'vue';
import { changedWhatSchema, type HostEvent } from '../../src-shared/contract/events.ts';
import type { ProjectSummary } from '../../src-shared/contract/project.ts';
import type { Diagnosis } from '../../src-shared/contract/runs.ts';
import type { Failure } from '../../src-shared/contract/errors.ts';
import { useClient } from '../api/client.ts';
import { watchEvents, type ConnectionState } from '../api/events.ts';
import { toFailure } from '../api/failure.ts';
import { setImageProject } from '../api/images.ts';
import { useJobs } from './jobs.ts';
import { useRuns } from './runs.ts';
import { useSearches } from './searches.ts';

export interface About {
  version: string;
  shell: 'electron' | 'loopback';
  user: string;
  home: string;
}

const labelPauseMilliseconds = 700;

export const useSession = defineStore('session', () => {
  const client = useClient();
  const jobs = useJobs();
  const runs = useRuns();
  const searches = useSearches();

  const about = shallowRef<About | null>(null);
  const project = shallowRef<ProjectSummary | null>(null);
  /** False until the host has said whether a project is open. */
  const known = ref(false);
  const connection = ref<ConnectionState>('connecting');
  const diagnosis = shallowRef<Diagnosis | null>(null);
  const diagnosisFailure = shallowRef<Failure | null>(null);
  /** Counts changes; a screen watches the number of what it shows and asks again. */
  const revision = reactive({ project: 0, library: 0, labels: 0, runs: 0, reports: 0, reviews: 0, searches: 0 });
  /** While labels are given one after the other, screens that show the library as a whole wait for a pause. */
  let labelsSettled: ReturnType<typeof setTimeout> | undefined;

  const classById = computed(() => new Map((project.value?.classes ?? []).map((one) => [one.id, one])));
  const positiveClass = computed(() => project.value?.classes.find((one) => one.positive) ?? null);

  function setProject(next: ProjectSummary | null): void {
    if (next?.id !== project.value?.id) {
      runs.clear();
      searches.clear();
      setImageProject(next?.id ?? '');
    }
    project.value = next;
  }

  async function refreshProject(): Promise<void> {
    setProject(await client.project.current());
    known.value = true;
    if (project.value) await runs.refresh();
  }

  async function diagnose(): Promise<void> {
    try {
      diagnosis.value = await client.system.diagnose();
      diagnosisFailure.value = null;
    } catch (error) {
      diagnosisFailure.value = toFailure(error);
    }
  }

  function onEvent(event: HostEvent): void {
    if (event.kind === 'job') jobs.update(event.job);
    if (event.kind === 'epoch') runs.addEpoch(event.run, event.record);
    if (event.kind === 'trial') searches.onTrial(event.search, event.trial);
    if (event.kind === 'changed') {
      revision[event.what] += 1;
      if (event.what === 'labels') {
        clearTimeout(labelsSettled);
        labelsSettled = setTimeout(() => {
          revision.library += 1;
          void refreshProject().catch(() => undefined);
        }, labelPauseMilliseconds);
      }
      if (event.what === 'project' || event.what === 'library') void refreshProject().catch(() => undefined);
      if (event.what === 'runs') void runs.refresh().catch(() => undefined);
    }
  }

  function onState(state: ConnectionState): void {
    const returned = state === 'open' && connection.value === 'lost';
    connection.value = state;
    if (!returned) return;
    for (const what of changedWhatSchema.options) revision[what] += 1;
    void refreshProject().catch(() => undefined);
    void jobs.refresh().catch(() => undefined);
  }

  /** Learns the state of the host, then listens until `signal` is aborted. */
  async function start(signal: AbortSignal): Promise<void> {
    void watchEvents(client, { onEvent, onState }, signal);
    about.value = await client.system.about();
    await refreshProject();
    void jobs.refresh().catch(() => undefined);
    void diagnose();
  }

  async function closeProject(): Promise<void> {
    await client.project.close();
    setProject(null);
  }

  return {
    about,
    project,
    known,
    connection,
    diagnosis,
    diagnosisFailure,
    revision,
    classById,
    positiveClass,
    setProject,
    refreshProject,
    diagnose,
    start,
    closeProject,
    onEvent,
  };
});
