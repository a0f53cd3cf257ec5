/** Asks the host for something and keeps the last answer on the screen while asking again. */
import { onScopeDispose, ref, shallowRef, type Ref, type ShallowRef } from 'vue';
import type { Failure } from '../../src-shared/contract/errors.ts';
import { isAbort, toFailure } from './failure.ts';

export interface Asked<T> {
  data: ShallowRef<T | null>;
  failure: Ref<Failure | null>;
  /** True until the first answer. */
  pending: Ref<boolean>;
  busy: Ref<boolean>;
  reload(): Promise<void>;
}

/** A later call replaces an earlier one that has not been answered; the earlier answer is thrown away. */
export function useAsync<T>(ask: (signal: AbortSignal) => Promise<T>): Asked<T> {
  const data = shallowRef<T | null>(null);
  const failure = ref<Failure | null>(null);
  const pending = ref(true);
  const busy = ref(false);
  let current: AbortController | null = null;

  async function reload(): Promise<void> {
    current?.abort();
    const mine = new AbortController();
    current = mine;
    busy.value = true;
    try {
      const answer = await ask(mine.signal);
      if (mine.signal.aborted) return;
      data.value = answer;
      failure.value = null;
    } catch (error) {
      if (mine.signal.aborted || isAbort(error)) return;
      failure.value = toFailure(error);
    } finally {
      if (current === mine) {
        pending.value = false;
        busy.value = false;
      }
    }
  }
  onScopeDispose(() => current?.abort());
  return { data, failure, pending, busy, reload };
}

/** Runs one action at a time and holds its failure for display. */
export function useAction() {
  const busy = ref(false);
  const failure = ref<Failure | null>(null);
  /** Resolves to what the action gave, or undefined when it failed. */
  async function run<T>(action: () => Promise<T>): Promise<T | undefined> {
    if (busy.value) return undefined;
    busy.value = true;
    failure.value = null;
    try {
      return await action();
    } catch (error) {
      if (!isAbort(error)) failure.value = toFailure(error);
      return undefined;
    } finally {
      busy.value = false;
    }
  }
  return { busy, failure, run };
}
