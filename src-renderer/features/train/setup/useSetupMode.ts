/** Whether a training is set up by questions or with every field; kept for this person on this machine. */
import { ref, watch, type Ref } from 'vue';

export type SetupMode = 'guided' | 'advanced';
const key = 'parenchyma.setup';

export function useSetupMode(): Ref<SetupMode> {
  const mode = ref<SetupMode>(localStorage.getItem(key) === 'advanced' ? 'advanced' : 'guided');
  watch(mode, (next) => localStorage.setItem(key, next));
  return mode;
}
