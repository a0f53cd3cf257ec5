/** Searches and comparison studies of the project; trials of a search under way as the event stream tells of them. */
import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import type { ComparisonStudy } from '../../src-shared/contract/comparisonStudy.ts';
import type { Failure } from '../../src-shared/contract/errors.ts';
import type { RunGroup } from '../../src-shared/contract/runGroups.ts';
import type { SearchDetail, SearchSummary, Trial } from '../../src-shared/contract/search.ts';
import { useClient } from '../api/client.ts';
import { toFailure } from '../api/failure.ts';

/** Milliseconds. */
const refreshAfter = 1000;

export const useSearches = defineStore('searches', () => {
  const client = useClient();
  const list = shallowRef<SearchSummary[] | null>(null);
  const studies = shallowRef<ComparisonStudy[] | null>(null);
  const groups = shallowRef<RunGroup[] | null>(null);
  const failure = shallowRef<Failure | null>(null);
  /** The search that is looked at. */
  const shown = shallowRef<SearchDetail | null>(null);

  async function refresh(): Promise<void> {
    try {
      const [searches, comparisons, repeats] = await Promise.all([
        client.searches.list(),
        client.comparisonStudies.list(),
        client.groups.list(),
      ]);
      list.value = [...searches].sort((a, b) => b.number - a.number);
      studies.value = [...comparisons].sort((a, b) => b.number - a.number);
      groups.value = [...repeats].sort((a, b) => b.number - a.number);
      failure.value = null;
    } catch (error) {
      failure.value = toFailure(error);
    }
  }

  async function show(search: string): Promise<void> {
    if (shown.value?.id !== search) shown.value = null;
    try {
      shown.value = await client.searches.search({ search });
      failure.value = null;
    } catch (error) {
      failure.value = toFailure(error);
    }
  }

  /** Lists and steps count trials; they are asked for again a moment after one changed, not for each. */
  let waiting: ReturnType<typeof setTimeout> | undefined;
  function refreshSoon(): void {
    waiting ??= setTimeout(() => {
      waiting = undefined;
      void refresh();
    }, refreshAfter);
  }

  function onTrial(search: string, trial: Trial): void {
    if (list.value !== null) refreshSoon();
    const now = shown.value;
    if (now === null || now.id !== search) return;
    const others = now.list.filter((one) => one.number !== trial.number);
    shown.value = { ...now, list: [...others, trial].sort((a, b) => a.number - b.number) };
  }

  function clear(): void {
    list.value = null;
    studies.value = null;
    groups.value = null;
    shown.value = null;
    failure.value = null;
  }

  return { list, studies, groups, failure, shown, refresh, show, onTrial, clear };
});
