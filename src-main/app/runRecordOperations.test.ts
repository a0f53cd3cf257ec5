import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/helpers/commandLine.ts';
import { addMadeRun, madeImageStore } from '../../test/helpers/madeRun.ts';
import { defaultRunConfiguration, imagenetNormalisation } from '../../src-shared/contract/training.ts';
import type { ProjectStore } from '../store/index.ts';
import { runRecordOperations } from './runRecordOperations.ts';
import { snapshotOperations } from './snapshotOperations.ts';

let folder: ReturnType<typeof temporaryFolder>;
let store: ProjectStore;
let runs: ReturnType<typeof runRecordOperations>;
const hash = (letter: string) => letter.repeat(64);

beforeEach(() => {
  folder = temporaryFolder('run-records');
  store = madeImageStore(folder.path, 4, 2);
  const { dataNow } = snapshotOperations(store);
  runs = runRecordOperations(folder.path, store, (run) => join(folder.path, 'runs', run), dataNow);
});
afterEach(() => {
  store.close();
  folder.remove();
});

function addRunWithModel(): string {
  const run = addMadeRun(store, ({ className }) => (className === 'Pneumonia' ? 0.9 : 0.2));
  const backend = {
    backend: 'tensorflow',
    libraryVersion: '2.21.0',
    device: 'CPU',
    driver: null,
    memoryBytes: null,
    threads: 2,
  } as const;
  store.runs.setRunState(run, 'finished', {
    backend,
    card: {
      format: 'parenchyma-model',
      version: 1,
      architecture: 'vgg16',
      head: 'compact',
      classes: ['Pneumonia', 'Normal'],
      positiveClass: 'Pneumonia',
      preprocessing: defaultRunConfiguration.preprocessing,
      normalisation: imagenetNormalisation,
      epoch: 1,
      validation: { loss: 0.4, accuracy: 0.8, auc: 0.85, sensitivity: 0.8, specificity: 0.8 },
      configuration: defaultRunConfiguration,
      initialWeightsSha256: null,
      weightsSha256: hash('a'),
      snapshotSha256: hash('b'),
      softwareVersion: '0.1.0',
      backend,
      createdAt: '2026-03-02T10:00:00Z',
    },
  });
  return run;
}

describe('remarks on runs', () => {
  it('are kept, replaced together or one by one, and listed with the run', () => {
    const run = addRunWithModel();
    runs.annotateRun({ run, note: ' first try ', tags: ['lung', 'lung', 'baseline'] });
    expect(runs.runRows()[0]).toMatchObject({
      note: 'first try',
      tags: ['baseline', 'lung'],
      archivedAt: null,
      device: 'CPU',
      trainedSeconds: 1,
      origin: 'trained',
      tested: false,
      epochsDone: 1,
      best: { epoch: 1 },
    });
    runs.annotateRun({ run, tags: ['lung'] });
    runs.annotateRun({ run, note: 'second try' });
    expect(runs.runRows()[0]).toMatchObject({ note: 'second try', tags: ['lung'] });
    runs.annotateRun({ run, note: '', tags: [] });
    expect(runs.runRows()[0]).toMatchObject({ note: '', tags: [] });
    expect(() => runs.annotateRun({ run: 'run-9', note: '', tags: [] })).toThrow(/no run run-9/);
  });

  it('archive and list runs again, but never one that is under way', () => {
    const run = addRunWithModel();
    runs.archiveRuns([run], true);
    expect(runs.runRows()[0]?.archivedAt).not.toBeNull();
    runs.archiveRuns([run], false);
    expect(runs.runRows()[0]?.archivedAt).toBeNull();
    store.runs.setRunState(run, 'training');
    expect(() => runs.archiveRuns([run], true)).toThrow(/under way/);
  });
});

describe('provenance', () => {
  it('names data, versions, hashes and the command, and says what changed in the data since', () => {
    const run = addRunWithModel();
    store.runRecords.begin(run, '0.0.9');
    const before = runs.provenance(run);
    expect(before).toMatchObject({
      origin: 'trained',
      softwareVersion: '0.1.0',
      seed: 1,
      modelSha256: hash('a'),
      initialWeights: { path: null, sha256: null },
      command: `npx parenchyma train ${folder.path} --like ${run}`,
    });
    expect(before.snapshot).toMatchObject({ images: { training: 0, validation: 8, test: 0 }, patients: 4 });
    expect(before.snapshot?.changedSince).toEqual([]);
    const { imageId } = store.splits.dataset()[0]!;
    store.exclusions.set(imageId, true, { author: 'test', reason: 'blurred', at: '2026-03-03T09:00:00Z' });
    expect(runs.provenance(run).snapshot?.changedSince).not.toEqual([]);
  });
});

describe('deleting a run', () => {
  it('says before what goes and what stays', async () => {
    const run = addRunWithModel();
    mkdirSync(join(folder.path, 'runs', run), { recursive: true });
    writeFileSync(join(folder.path, 'runs', run, 'model.safetensors'), new Uint8Array(1000));
    store.evaluations.recordOpening({ run, openedBy: 'Dr. A', at: '2026-03-02T11:00:00Z' });
    store.reports.add('2026-03-02T12:00:00Z', [run], []);
    runs.useModel({ run, author: 'Dr. A', reason: '' });
    expect(await runs.removal(run)).toEqual({
      removed: { files: 1, bytes: 1000, epochs: 1, predictions: 8, evaluations: 1, audits: 0 },
      remains: { testOpenings: 1, operatingPoints: 0, reviews: 0, reports: 1 },
      inUse: true,
    });
  });
});

describe('the model in use', () => {
  it('is the last one chosen; who chose what when stays on record for good', () => {
    expect(runs.modelInUse()).toEqual({ current: null, history: [] });
    const [first, second] = [addRunWithModel(), addRunWithModel()];
    runs.useModel({ run: first, author: 'Dr. A', reason: 'the only one' });
    const state = runs.useModel({ run: second, author: 'Dr. B', reason: 'better' });
    expect(state.current).toMatchObject({ run: second, author: 'Dr. B', tested: false });
    expect(state.history.map((one) => one.run)).toEqual([second, first]);
    expect(() => store.database.exec("UPDATE model_in_use SET author = 'x'")).toThrow(/append-only/);
    expect(() => store.database.exec('DELETE FROM model_in_use')).toThrow(/append-only/);
  });

  it('needs a kept model, and is none once its run is deleted, whose number stays taken', () => {
    const run = addRunWithModel();
    const without = addMadeRun(store, () => 0.5);
    expect(() => runs.useModel({ run: without, author: 'Dr. A', reason: '' })).toThrow(/has no model/);
    store.runs.remove(without);
    runs.useModel({ run, author: 'Dr. A', reason: '' });
    store.runs.remove(run);
    runs.forgetUseOf(run, 'Dr. A');
    expect(runs.modelInUse().current).toBeNull();
    expect(runs.modelInUse().history.map((one) => one.run)).toEqual([null, run]);
    expect(addRunWithModel()).not.toBe(run);
  });
});
