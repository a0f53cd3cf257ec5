import { createPinia } from 'pinia';
import { createApp, effectScope, nextTick } from 'vue';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createClient, provideClient } from '../../api/client.ts';
import { useRuns } from '../../stores/runs.ts';
import { useRunChanges } from './useRunChanges.ts';

type Rows = ReturnType<typeof useRuns>['list'];

/** The list of runs as the store holds it; only the ids matter here. */
const rows = (...ids: string[]) => ids.map((id) => ({ id })) as Rows;

describe('a screen that shows one run', () => {
  let scope: ReturnType<typeof effectScope>;
  let runs: ReturnType<typeof useRuns>;
  const changed = vi.fn();
  const gone = vi.fn();

  beforeEach(() => {
    vi.resetAllMocks();
    scope = effectScope();
    const app = createApp({});
    app.use(createPinia());
    provideClient(app, createClient('http://localhost'));
    app.runWithContext(() =>
      scope.run(() => {
        runs = useRuns();
        runs.known = true;
        runs.list = rows('run-2', 'run-1');
        useRunChanges('run-1', changed, gone);
      }),
    );
  });
  afterEach(() => scope.stop());

  it('asks again when runs were listed anew', async () => {
    runs.list = rows('run-3', 'run-2', 'run-1');
    await nextTick();
    expect(changed).toHaveBeenCalledOnce();
    expect(gone).not.toHaveBeenCalled();
  });

  it('does not ask for a run that was deleted', async () => {
    runs.list = rows('run-2');
    await nextTick();
    expect(gone).toHaveBeenCalledOnce();
    expect(changed).not.toHaveBeenCalled();
  });

  it('does not take a closed project for a deletion', async () => {
    runs.clear();
    await nextTick();
    expect(gone).not.toHaveBeenCalled();
    expect(changed).not.toHaveBeenCalled();
  });
});
