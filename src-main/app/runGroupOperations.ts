import { ExpectedError } from '../../src-shared/contract/errors.ts';
import type { RunGroup, RunGroupRequest } from '../../src-shared/contract/runGroups.ts';
import type { RunConfiguration } from '../../src-shared/contract/training.ts';
import { spreadOf } from '../../src-shared/domain/spread.ts';
import type { ProjectStore } from '../store/index.ts';
import type { DatasetImage } from '../training/index.ts';
import { trainingDataset } from './trainingDataset.ts';

/** Puts a run into the queue; with `dataset` it is frozen on that instead of on the split in force. */
export type EnqueueRun = (configuration: RunConfiguration, options: { dataset?: DatasetImage[] }) => string;

/** Repeats of one configuration, on one open project. */
export function runGroupOperations(store: ProjectStore) {
  const { runGroups } = store;

  return {
    runGroups(): RunGroup[] {
      return runGroups.list().map(({ members, ...group }) => {
        const runs = members.map((member) => {
          const known = store.runs.run(member.run);
          return { ...member, state: known?.state ?? null, validation: known?.best?.validation ?? null };
        });
        const of = (figure: 'accuracy' | 'auc' | 'sensitivity' | 'specificity' | 'loss') =>
          spreadOf(runs.map(({ validation }) => validation?.[figure] ?? null));
        const figures = {
          accuracy: of('accuracy'),
          auc: of('auc'),
          sensitivity: of('sensitivity'),
          specificity: of('specificity'),
          loss: of('loss'),
        };
        return { ...group, runs, figures };
      });
    },

    /** Records a run for each repeat and lets `enqueue` put it into the queue. */
    startRunGroup({ configuration, repeats }: RunGroupRequest, enqueue: EnqueueRun): { group: string; runs: string[] } {
      const planned =
        repeats.kind === 'seeds'
          ? Array.from({ length: repeats.count }, (_unused, place) => ({
              seed: (configuration.seed + place) % 2 ** 32,
              fold: null,
              options: {},
            }))
          : foldDatasets(trainingDataset(store), runGroups.folds()).map(({ fold, dataset }) => ({
              seed: configuration.seed,
              fold,
              options: { dataset },
            }));
      const group = runGroups.create(repeats.kind, configuration, new Date().toISOString());
      const runs = planned.map(({ seed, fold, options }) => {
        const run = enqueue({ ...configuration, seed }, options);
        runGroups.add(group, { run, seed, fold });
        return run;
      });
      return { group, runs };
    },
  };
}

/** The data set once for each fold: its images validate, those of the other folds train, the test set stays. */
export function foldDatasets(
  dataset: readonly DatasetImage[],
  folds: ReadonlyMap<number, number>,
): { fold: number; dataset: DatasetImage[] }[] {
  const numbers = [...new Set(folds.values())].sort((a, b) => a - b);
  if (numbers.length < 2) {
    throw new ExpectedError({
      code: 'NO_SPLIT',
      message: 'The split has no folds to validate in turn.',
      kept: 'No run was started.',
      remedy: 'Split into folds under Labels, or repeat over seeds.',
    });
  }
  return numbers.map((fold) => ({
    fold,
    dataset: dataset.flatMap((image) => {
      if (image.set === 'test') return [image];
      const own = folds.get(image.imageId);
      return own === undefined ? [] : [{ ...image, set: own === fold ? 'validation' : 'training' }];
    }),
  }));
}
