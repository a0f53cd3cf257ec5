/** Keys that work on every screen: `?` opens the key sheet, `g` and a letter open a screen. */
import { onMounted, onUnmounted } from 'vue';
import { useRouter } from 'vue-router';
import { isTyping } from '../ui/typing.ts';
import { footScreens, screens } from './router.ts';

const pairMilliseconds = 1200;

export function useGlobalKeys(openSheet: () => void): void {
  const router = useRouter();
  let waitingUntil = 0;

  function onKey(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (event.key === '?') {
      event.preventDefault();
      openSheet();
      return;
    }
    const now = performance.now();
    if (now < waitingUntil) {
      waitingUntil = 0;
      const screen = [...screens, ...footScreens].find((one) => one.key === event.key);
      if (!screen) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      void router.push({ name: screen.name });
    } else if (event.key === 'g') {
      waitingUntil = now + pairMilliseconds;
    }
  }

  // Captured, so that the second letter of a pair does not reach the screen's own keys.
  onMounted(() => window.addEventListener('keydown', onKey, true));
  onUnmounted(() => window.removeEventListener('keydown', onKey, true));
}
