import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import type { AnnotateRun, ModelInUse, Provenance, Removal, UseModel } from '../../src-shared/contract/runRecords.ts';
import { compareSnapshots, readSnapshotDocument, type SnapshotDocument } from '../library/index.ts';
import type { ProjectStore } from '../store/index.ts';

/** What runs are after they exist: remarks, provenance, deletion, and the model in use. */
export function runRecordOperations(
  path: string,
  store: ProjectStore,
  runDirectory: (id: string) => string,
  dataNow: () => SnapshotDocument,
) {
  const requireRun = (id: string) => {
    const found = store.runs.run(id);
    if (found) return found;
    throw new ExpectedError({
      code: 'NOT_FOUND',
      message: `There is no run ${id} in this project.`,
      remedy: 'Choose one of the runs listed under Train.',
    });
  };

  const currentUse = (): ModelInUse['current'] => {
    const last = store.runRecords.uses()[0];
    return last?.run == null ? null : { ...last, run: last.run };
  };

  const snapshotOf = (id: string): Provenance['snapshot'] => {
    const document = store.runs.snapshot(id);
    if (document === null) return null;
    const frozen = readSnapshotDocument(document);
    const inSet = (set: 'training' | 'validation' | 'test') =>
      frozen.images.filter((image) => image.set === set).length;
    return {
      sha256: createHash('sha256').update(document).digest('hex'),
      images: { training: inSet('training'), validation: inSet('validation'), test: inSet('test') },
      patients: new Set(frozen.images.map((image) => image.patient)).size,
      changedSince: compareSnapshots(frozen, { ...dataNow(), preprocessing: frozen.preprocessing }),
    };
  };

  return {
    runRows: store.runRecords.rows,

    annotateRun({ run: id, note, tags }: AnnotateRun): void {
      requireRun(id);
      store.runRecords.annotate(id, { note: note?.trim(), tags: tags && [...new Set(tags)] });
    },

    archiveRuns(ids: readonly string[], archived: boolean): void {
      for (const id of ids) {
        const { state, number } = requireRun(id);
        if (!archived || (state !== 'preparing' && state !== 'training')) continue;
        throw new ExpectedError({
          code: 'BUSY',
          message: `Run ${number} is under way.`,
          kept: 'No run was archived.',
          remedy: 'Archive it when it has ended.',
        });
      }
      store.runRecords.archive(ids, archived ? new Date().toISOString() : null);
    },

    provenance(id: string): Provenance {
      const { configuration, backend } = requireRun(id);
      const card = store.runs.card(id);
      const snapshot = snapshotOf(id);
      return {
        run: id,
        origin: snapshot === null ? 'opened' : 'trained',
        snapshot,
        softwareVersion: card?.softwareVersion ?? store.runRecords.softwareVersion(id),
        backend,
        seed: configuration.seed,
        initialWeights: { path: configuration.weights, sha256: card?.initialWeightsSha256 ?? null },
        modelSha256: card?.weightsSha256 ?? null,
        command: snapshot === null ? null : `npx parenchyma train ${quoted(path)} --like ${id}`,
      };
    },

    async removal(id: string): Promise<Removal> {
      requireRun(id);
      const { removed, remains } = store.runRecords.countsOf(id);
      const files = await sizesBelow(runDirectory(id));
      const bytes = files.reduce((sum, one) => sum + one, 0);
      return { removed: { ...removed, files: files.length, bytes }, remains, inUse: currentUse()?.run === id };
    },

    /** Says that a run that is being deleted is no longer in use. */
    forgetUseOf(id: string, author: string): void {
      if (currentUse()?.run !== id) return;
      const at = new Date().toISOString();
      store.runRecords.use({ run: null, author, reason: `${id} was deleted.`, tested: false, at });
    },

    modelInUse: (): ModelInUse => ({ current: currentUse(), history: store.runRecords.uses() }),

    useModel({ run: id, author, reason }: UseModel): ModelInUse {
      if (id !== null) {
        const { number } = requireRun(id);
        if (store.runs.card(id) === null) {
          throw new ExpectedError({
            code: 'NOT_FOUND',
            message: `Run ${number} has no model.`,
            kept: 'The model in use stays the one it was.',
            remedy: 'Choose a run that finished at least one epoch.',
          });
        }
      }
      const tested = id !== null && store.evaluations.document(id, 'test') !== null;
      store.runRecords.use({ run: id, author, reason, tested, at: new Date().toISOString() });
      return this.modelInUse();
    },
  };
}

/** Bytes of every file below a folder; none where it does not exist. */
async function sizesBelow(directory: string): Promise<number[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(files.map(async (file) => (await stat(join(file.parentPath, file.name))).size));
}

/** For a shell of POSIX: single quotes only where something needs them. */
function quoted(text: string): string {
  return /^[\w./@:+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
