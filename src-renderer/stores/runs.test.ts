import { createPinia } from 'pinia';
import { createApp } from 'vue';
import { expect, it, vi } from 'vitest';
import { fakeClient } from '../api/testing/fakeClient.ts';
import { provideClient, type Client } from '../api/client.ts';
import { useRuns } from './runs.ts';

type Rows = Awaited<ReturnType<Client['runs']['list']>>;

it('lists runs anew with the first epoch of one, which gives it a model, and not with those that follow', async () => {
  const row = (best: object | null) => [{ id: 'run-1', number: 1, best, archivedAt: null }] as unknown as Rows;
  const list = vi
    .fn()
    .mockResolvedValueOnce(row(null))
    .mockResolvedValue(row({ epoch: 1 }));
  const app = createApp({});
  app.use(createPinia());
  provideClient(app, fakeClient({ runs: { list } }));
  const runs = app.runWithContext(() => useRuns());
  await runs.refresh();
  expect(runs.usable).toHaveLength(0);

  const record = (epoch: number) => ({ epoch }) as Parameters<typeof runs.addEpoch>[1];
  runs.addEpoch('run-1', record(1));
  await vi.waitFor(() => expect(runs.usable).toHaveLength(1));
  runs.addEpoch('run-1', record(2));
  expect(list).toHaveBeenCalledTimes(2);
});
