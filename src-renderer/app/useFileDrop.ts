/** Files and folders dropped anywhere on the window go to the screen in front, or are offered for import. */
import { computed, onMounted, onUnmounted, ref } from 'vue';
import { useRouter } from 'vue-router';
import { useDesktop } from '../api/desktop.ts';
import { dropTarget, readDropped } from '../api/fileDrop.ts';
import { useSession } from '../stores/session.ts';

/** `dragging`: files are held over the window now. */
export function useFileDrop() {
  const router = useRouter();
  const session = useSession();
  const desktop = useDesktop();
  const dragging = ref(false);
  const words = computed(() => dropTarget.value?.words ?? 'Drop to add these to the project');

  function over(event: DragEvent): void {
    if (!event.dataTransfer?.types.includes('Files')) return;
    // Without this the window would leave the page and open the file.
    event.preventDefault();
    event.dataTransfer.dropEffect = session.project ? 'copy' : 'none';
    dragging.value = session.project !== null;
  }

  /** Leaving one element for another inside the page is no end. */
  function leave(event: DragEvent): void {
    if (event.relatedTarget === null) dragging.value = false;
  }

  function drop(event: DragEvent): void {
    dragging.value = false;
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    if (!session.project) return;
    const target = dropTarget.value;
    if (target) {
      void readDropped(event.dataTransfer, desktop).then((dropped) => target.drop(dropped));
      return;
    }
    const paths = desktop.droppedPaths?.([...event.dataTransfer.files]) ?? [];
    void router.push({ name: 'images', query: { import: paths.length > 0 ? paths : 'dropped' } });
  }

  onMounted(() => {
    window.addEventListener('dragover', over);
    window.addEventListener('dragleave', leave);
    window.addEventListener('drop', drop);
  });
  onUnmounted(() => {
    window.removeEventListener('dragover', over);
    window.removeEventListener('dragleave', leave);
    window.removeEventListener('drop', drop);
  });
  return { dragging, words };
}
