import { ref, watch } from 'vue';
import { useRoute, useRouter } from 'vue-router';

/** Whether the dialog "Add images" is open, and with which paths: on request, or as the address asks for it (`?import=`). */
export function useImportWish() {
  const route = useRoute();
  const router = useRouter();
  /** Null while the dialog is closed. */
  const paths = ref<string[] | null>(null);
  /** Something was dropped, and the browser does not say where it lies. */
  const droppedUnknown = ref(false);

  watch(
    () => route.query.import,
    (wish) => {
      if (wish == null) return;
      droppedUnknown.value = wish === 'dropped';
      const named = wish !== 'choose' && wish !== 'dropped';
      paths.value = named ? [wish].flat().filter((path) => path !== null) : [];
      void router.replace({ query: { ...route.query, import: undefined } });
    },
    { immediate: true },
  );

  function open(): void {
    paths.value = [];
  }

  function close(): void {
    paths.value = null;
    droppedUnknown.value = false;
  }

  return { paths, droppedUnknown, open, close };
}
