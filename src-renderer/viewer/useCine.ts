import { onUnmounted, ref } from 'vue';

/** Plays a stack in a loop, on the display's own rhythm: late frames are skipped, not queued. */
export function useCine(step: () => void) {
  const playing = ref(false);
  const perSecond = ref(10);
  let handle = 0;
  let due = 0;

  function tick(now: number): void {
    if (!playing.value) return;
    if (now >= due) {
      due = Math.max(due + 1000 / perSecond.value, now);
      step();
    }
    handle = requestAnimationFrame(tick);
  }

  function stop(): void {
    playing.value = false;
    cancelAnimationFrame(handle);
  }

  onUnmounted(stop);
  return {
    playing,
    perSecond,
    stop,
    setSpeed: (slices: number): void => void (perSecond.value = slices),
    toggle(): void {
      if (playing.value) return stop();
      playing.value = true;
      due = performance.now();
      handle = requestAnimationFrame(tick);
    },
  };
}
