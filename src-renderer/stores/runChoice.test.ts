import { createPinia } from 'pinia';
import { createApp, effectScope, nextTick, ref, type ComputedRef } from 'vue';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createClient, provideClient } from '../api/client.ts';
import { useSteadyRun } from './runChoice.ts';
import { useRuns } from './runs.ts';

/** The list of runs as the store holds it; only id, model and archive matter here. */
const rows = (...ids: string[]) =>
  ids.map((id) => ({ id, best: {}, archivedAt: null })) as ReturnType<typeof useRuns>['list'];

describe('the run that a screen is about', () => {
  const wish = ref<string | null>(null);
  let scope: ReturnType<typeof effectScope>;
  let runs: ReturnType<typeof useRuns>;
  let chosen: ComputedRef<string | null>;

  beforeEach(() => {
    wish.value = null;
    scope = effectScope();
    const app = createApp({});
    app.use(createPinia());
    provideClient(app, createClient('http://localhost'));
    app.runWithContext(() =>
      scope.run(() => {
        runs = useRuns();
        chosen = useSteadyRun(() => [wish.value]);
      }),
    );
  });
  afterEach(() => scope.stop());

  const list = async (...ids: string[]) => {
    runs.list = rows(...ids);
    await nextTick();
  };

  it('is the newest one, and stays when a newer one has its model', async () => {
    expect(chosen.value).toBeNull();
    await list('run-1');
    await list('run-2', 'run-1');
    expect(chosen.value).toBe('run-1');
  });

  it('is the one that was asked for, also after the wish is withdrawn', async () => {
    await list('run-3', 'run-2', 'run-1');
    wish.value = 'run-2';
    await nextTick();
    expect(chosen.value).toBe('run-2');
    wish.value = null;
    await nextTick();
    expect(chosen.value).toBe('run-2');
  });

  it('is another one when it was deleted, and never one that is not there', async () => {
    await list('run-2', 'run-1');
    await list('run-1');
    expect(chosen.value).toBe('run-1');
    wish.value = 'run-9';
    expect(chosen.value).toBe('run-1');
  });
});
