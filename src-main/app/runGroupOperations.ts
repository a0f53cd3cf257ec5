import { ExpectedError } from '../../src-shared/contract/errors.ts';
import type { Repeats, RunGroup, RunGroupRequest } from '../../src-shared/contract/runGroups.ts';
import type { RunConfiguration } from '../../src-shared/contract/training.ts';
import { spreadOf } from '../../src-shared/domain/spread.ts';
import { foldsByPatient } from '../library/index.ts';
import type { ProjectStore } from '../store/index.ts';
import type { StoredGroup } from '../store/runGroups.ts';
import type { DatasetImage } from '../training/index.ts';
import { trainingDataset } from './trainingDataset.ts';

/** Puts a run into the queue; with `dataset` it is frozen on that instead of on the split in force. */
export type EnqueueRun = (configuration: RunConfiguration, options: { dataset?: DatasetImage[] }) => string;

/** Repeats of one configuration, on one open project. */
export function runGroupOperations(store: ProjectStore) {
  const { runGroups } = store;

  const described = ({ members, ...group }: StoredGroup): RunGroup => {
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
  };

  return {
    runGroups: (): RunGroup[] => runGroups.list().map(described),

    runGroup(id: string): RunGroup {
      const group = runGroups.list().find((one) => one.id === id);
      if (group !== undefined) return described(group);
      throw new ExpectedError({
        code: 'NOT_FOUND',
        message: `There is no group ${id} in this project.`,
        remedy: 'Choose one of the groups listed under Train, Search.',
      });
    },

    /** Records a run for each repeat and lets `enqueue` put it into the queue. */
    startRunGroup({ configuration, repeats }: RunGroupRequest, enqueue: EnqueueRun): { group: string; runs: string[] } {
      const planned = plannedRepeats(store, configuration, repeats);
      // Recorded with the first run that could be: what is refused leaves no empty group.
      let group = '';
      const runs = planned.map(({ seed, fold, options }) => {
        const run = enqueue({ ...configuration, seed }, options);
        if (group === '') {
          const kind = repeats.kind === 'folds' ? 'folds' : 'seeds';
          group = runGroups.create(kind, configuration, new Date().toISOString());
        }
        runGroups.add(group, { run, seed, fold });
        return run;
      });
      return { group, runs };
    },
  };
}

interface PlannedRepeat {
  seed: number;
  fold: number | null;
  options: { dataset?: DatasetImage[] };
}

function plannedRepeats(store: ProjectStore, { seed }: RunConfiguration, repeats: Repeats): PlannedRepeat[] {
  if (repeats.kind === 'folds') {
    const dataset = trainingDataset(store);
    const folds = foldsFor(dataset, repeats.count, seed, {
      inForce: store.runGroups.folds(),
      together: store.measures.duplicatePatients(),
    });
    return foldDatasets(dataset, folds).map((one) => ({ seed, fold: one.fold, options: { dataset: one.dataset } }));
  }
  const seeds =
    repeats.kind === 'listedSeeds'
      ? repeats.seeds
      : Array.from({ length: repeats.count }, (_unused, place) => (seed + place) % 2 ** 32);
  return seeds.map((one) => ({ seed: one, fold: null, options: {} }));
}

/**
 * Fold of each image of training and validation: the split's own where it has `count` of them or nobody said how many, else patients
 * dealt out anew by `seed`. Patients whose images are duplicates of each other go `together`.
 */
export function foldsFor(
  dataset: readonly DatasetImage[],
  count: number | undefined,
  seed: number,
  known: { inForce: ReadonlyMap<number, number>; together: readonly (readonly [number, number])[] },
): ReadonlyMap<number, number> {
  if (count === undefined || new Set(known.inForce.values()).size === count) return known.inForce;
  const dealt = dataset.filter(({ set }) => set !== 'test');
  if (dealt.length === 0) return known.inForce;
  return foldsByPatient(dealt, { folds: count, seed, testShare: 0, together: known.together }).byImage;
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
