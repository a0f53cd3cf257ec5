/** The viewer's keys as this person has them, kept by the host in the user's settings. */
import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import type { Failure } from '../../src-shared/contract/errors.ts';
import type { ViewerKeys } from '../../src-shared/contract/viewer.ts';
import { useClient } from '../api/client.ts';
import { toFailure } from '../api/failure.ts';
import { keyMap, keysOf, keyWords, type ViewerCommand } from '../viewer/commands.ts';

export const useViewerKeys = defineStore('viewerKeys', () => {
  const client = useClient();
  const own = ref<ViewerKeys>({});
  const failure = ref<Failure | null>(null);
  let loaded = false;

  /** Once per page; without an answer the default keys hold. */
  async function load(): Promise<void> {
    if (loaded) return;
    loaded = true;
    try {
      own.value = await client.viewer.keys();
    } catch {
      loaded = false;
    }
  }

  async function save(next: ViewerKeys): Promise<void> {
    own.value = next;
    try {
      await client.viewer.saveKeys(next);
      failure.value = null;
    } catch (error) {
      failure.value = { ...toFailure(error), kept: 'The key holds until the window is closed.' };
    }
  }

  return {
    own,
    failure,
    load,
    map: computed(() => keyMap(own.value)),
    /** "Shift+↑, +" */
    words: (command: ViewerCommand): string => keysOf(command, own.value).map(keyWords).join(', '),
    change: (command: ViewerCommand, key: string) => save({ ...own.value, [command]: key }),
    restore(command: ViewerCommand): Promise<void> {
      return save(Object.fromEntries(Object.entries(own.value).filter(([name]) => name !== command)));
    },
    restoreAll: () => save({}),
  };
});
