/** Choices of this person on this machine; they change nothing that is stored in a project. */
import { defineStore } from 'pinia';
import { ref, watch } from 'vue';

export type Theme = 'dark' | 'light';

const key = 'parenchyma.settings';

interface Stored {
  theme: Theme;
  thumbnailSize: number;
  author: string;
  /** Who reads in Review; empty for the user of this machine. */
  reader: string;
}

function read(): Stored {
  const defaults: Stored = { theme: 'dark', thumbnailSize: 96, author: '', reader: '' };
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key) ?? '{}');
    if (typeof stored !== 'object' || stored === null) return defaults;
    return {
      theme: 'theme' in stored && stored.theme === 'light' ? 'light' : 'dark',
      thumbnailSize:
        'thumbnailSize' in stored && typeof stored.thumbnailSize === 'number'
          ? Math.min(220, Math.max(56, stored.thumbnailSize))
          : defaults.thumbnailSize,
      author: 'author' in stored && typeof stored.author === 'string' ? stored.author.slice(0, 100) : '',
      reader: 'reader' in stored && typeof stored.reader === 'string' ? stored.reader.slice(0, 60) : '',
    };
  } catch {
    return defaults;
  }
}

export const useSettings = defineStore('settings', () => {
  const stored = read();
  const theme = ref<Theme>(stored.theme);
  /** Edge of a thumbnail in CSS pixels. */
  const thumbnailSize = ref(stored.thumbnailSize);
  const author = ref(stored.author);
  const reader = ref(stored.reader);

  watch(
    [theme, thumbnailSize, author, reader],
    () => {
      document.documentElement.dataset.theme = theme.value;
      const now: Stored = {
        theme: theme.value,
        thumbnailSize: thumbnailSize.value,
        author: author.value,
        reader: reader.value,
      };
      localStorage.setItem(key, JSON.stringify(now));
    },
    { immediate: true },
  );
  return { theme, thumbnailSize, author, reader };
});
