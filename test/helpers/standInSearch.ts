/** A search whose trials are stand-ins, over a real database and real worker processes. `node standInSearch.ts FOLDER REQUEST` conducts one. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { childProcesses } from '../../src-main/app/trialWorkers.ts';
import { openDatabase } from '../../src-main/store/database.ts';
import { createSearchStore } from '../../src-main/store/searches.ts';
import { conductSearch, writeTrial, type SearchOutcome } from '../../src-main/training/search/index.ts';
import { planOf } from '../../src-shared/domain/searchBudget.ts';
import { searchRequestSchema, type SearchRequest, type Trial } from '../../src-shared/contract/search.ts';
import { defaultRunConfiguration, type EpochRecord } from '../../src-shared/contract/training.ts';
import { repositoryRoot } from './commandLine.ts';

// As the program does: a search starts its workers by the dozen.
process.env.NODE_COMPILE_CACHE ??= join(repositoryRoot, 'node_modules', '.cache', 'compiled-code');

export const standInRequest = (change: Partial<SearchRequest> = {}): SearchRequest =>
  searchRequestSchema.parse({
    base: { ...defaultRunConfiguration, epochs: 9 },
    space: { parameters: { learningRate: { kind: 'logUniform', low: 1e-5, high: 1e-2 } } },
    budget: { trials: 24 },
    workers: 2,
    seed: 3,
    ...change,
  });

export interface StandInSearch {
  directory: string;
  conduct(options?: { signal?: AbortSignal; onTrial?: (trial: Trial) => void }): Promise<SearchOutcome>;
  trials(): Trial[];
  records(trial: number): EpochRecord[];
  close(): void;
}

/** Opens the search in `folder`, made when there is none. */
export function standInSearch(folder: string, request: SearchRequest): StandInSearch {
  mkdirSync(folder, { recursive: true });
  const database = openDatabase(join(folder, 'project.sqlite'));
  const searches = createSearchStore(database);
  const known = searches.list()[0];
  const snapshot = { sha256: '0'.repeat(64), document: '{}' };
  const id = known?.id ?? searches.create(request, snapshot, '2026-11-25T13:00:00.000Z');
  const store = searches.trialStore(id);
  const directoryOf = (number: number) => join(folder, 'trials', String(number));
  return {
    directory: folder,
    conduct: ({ signal = new AbortController().signal, onTrial } = {}) =>
      conductSearch(
        {
          request,
          plan: planOf(request),
          store,
          executor: childProcesses((directory) => [join(import.meta.dirname, 'standInTrial.ts'), directory]),
          directoryOf,
          async prepare(number, choice, configuration) {
            mkdirSync(directoryOf(number), { recursive: true });
            const inputs = { path: join(folder, 'none.u8'), size: 32, count: 0 };
            const common = { search: id, searchSeed: request.seed, backend: 'tensorflow' as const, threads: 1 };
            await writeTrial(directoryOf(number), {
              format: 'parenchyma-trial',
              version: 1,
              ...common,
              number,
              choice,
              job: {
                cacheDirectory: folder,
                inputs,
                items: [
                  { index: 0, label: 0, set: 'training' },
                  { index: 1, label: 1, set: 'validation' },
                ],
                classes: ['other', 'COVID'],
                positive: 1,
                configuration,
                snapshotSha256: snapshot.sha256,
                softwareVersion: 'test',
              },
            });
          },
          now: () => new Date().toISOString(),
          onTrial: (number) => onTrial?.(store.trials().find((one) => one.number === number)!),
        },
        { signal, report: () => undefined },
      ),
    trials: store.trials,
    records: store.records,
    close: () => database.close(),
  };
}

if (import.meta.main) {
  const search = standInSearch(process.argv[2]!, searchRequestSchema.parse(JSON.parse(process.argv[3]!)));
  await search.conduct();
  search.close();
}
