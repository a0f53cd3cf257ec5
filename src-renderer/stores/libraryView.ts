/** How the library is looked at: it stays when one goes to another screen and comes back, and ends with the project. */
import { defineStore } from 'pinia';
import { reactive, ref, shallowRef } from 'vue';
import { emptyImageFilter, type ImageFilter, type ImageSort } from '../../src-shared/contract/library.ts';

export const useLibraryView = defineStore('libraryView', () => {
  const project = ref('');
  const filter = reactive<ImageFilter>({ ...emptyImageFilter });
  const sort = ref<ImageSort>('patient');
  const descending = ref(false);
  const selectedId = ref<number | null>(null);
  const selection = shallowRef<ReadonlySet<number>>(new Set());
  /** CSS pixels. */
  const scrollTop = ref(0);
  /** Whose labels are given: the reference label's, or the reader's own. */
  const role = ref<'reference' | 'reader'>('reference');
  const autoAdvance = ref(true);

  /** Nothing of one project is carried into another. */
  function enter(projectId: string): void {
    if (projectId === project.value) return;
    project.value = projectId;
    Object.assign(filter, { ...emptyImageFilter, keyImages: undefined, reviewed: undefined, unreadBy: undefined });
    sort.value = 'patient';
    descending.value = false;
    selectedId.value = null;
    selection.value = new Set();
    scrollTop.value = 0;
    role.value = 'reference';
  }

  return { filter, sort, descending, selectedId, selection, scrollTop, role, autoAdvance, enter };
});
