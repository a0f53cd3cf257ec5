/** Who labels and reads at this screen, and who else does in this project. */
import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import type { Reader } from '../../src-shared/contract/review.ts';
import { useClient } from '../api/client.ts';
import { useSession } from './session.ts';
import { useSettings } from './settings.ts';

export const useReader = defineStore('reader', () => {
  const client = useClient();
  const session = useSession();
  const settings = useSettings();
  const readers = shallowRef<readonly Reader[]>([]);
  /** The chosen reader, else the user of this machine. */
  const name = computed({
    get: () => settings.reader || session.about?.user || 'user',
    set: (next: string) => (settings.reader = next),
  });

  async function load(): Promise<void> {
    readers.value = await client.review.readers();
  }

  return { readers, name, load };
});
