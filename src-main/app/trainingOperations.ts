import { readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import type { JobContext } from '../../src-shared/contract/progress.ts';
import { isUnderWay, type Preflight, type RunDetail } from '../../src-shared/contract/runs.ts';
import type { BackendInfo, EpochRecord, RunConfiguration } from '../../src-shared/contract/training.ts';
import { freezeSnapshot } from '../library/index.ts';
import { availableMemoryBytes } from '../platform/memory.ts';
import { softwareVersion } from '../platform/version.ts';
import type { ProjectStore } from '../store/index.ts';
import {
  createRun,
  executeRun,
  modelClasses,
  preflight,
  testLearningRates,
  type ComputeMachine,
  type CreationOptions,
  type ExecutionOptions,
  type TrainingParts,
} from '../training/index.ts';
import type { ApplicationParts } from './parts.ts';
import { expectCompute } from './computeFailures.ts';
import { trainingDataset } from './trainingDataset.ts';
import { outlookOf } from './trainingOutlook.ts';
import { createWeightsCheck } from './weightsCheck.ts';

function machineOf({ backend, device, memoryBytes }: BackendInfo): ComputeMachine {
  const ofCard = backend === 'tensorflow-gpu' || backend === 'webgpu' ? memoryBytes : null;
  return { backend, device, hostBytes: availableMemoryBytes(), deviceBytes: ofCard };
}

export interface RunListener {
  onEpoch(run: string, record: EpochRecord): void;
  onChange(): void;
}

/** Training as the shells call it, on one open project. */
export function trainingOperations(path: string, store: ProjectStore, parts: ApplicationParts) {
  const checkWeights = createWeightsCheck(parts.compute);
  const runDirectory = (run: string) => join(path, 'runs', run);
  const dataset = () => trainingDataset(store);
  const trainingStore = {
    ...store.runs,
    ...store.runQueue,
    classes: store.classes.classes,
    dataset,
    imageFiles: (ids: readonly number[]) => ids.map((id) => store.catalogue.imageFile(id)),
  };

  const requireRun = (id: string): RunDetail => {
    const run = store.runs.run(id);
    if (!run)
      throw new ExpectedError({
        code: 'NOT_FOUND',
        message: `There is no run ${id} in this project.`,
        remedy: 'Choose one of the runs listed under Train.',
      });
    return { ...run, checkpoints: countCheckpoints(runDirectory(id)), history: store.runQueue.events(id) };
  };

  const partsFor = (configuration: RunConfiguration, listener: RunListener): TrainingParts => ({
    store: trainingStore,
    inputs: parts.decoder,
    trainer: expectCompute(parts.compute),
    freeze: (images) => {
      const { names, positive } = modelClasses(trainingStore);
      const { preprocessing } = configuration;
      return freezeSnapshot({ images, classes: names, positiveClass: names[positive]!, preprocessing });
    },
    runDirectory,
    cacheDirectory: join(path, 'cache'),
    softwareVersion,
    now: () => new Date().toISOString(),
    ...listener,
  });

  const create = (configuration: RunConfiguration, listener: RunListener, options?: CreationOptions): string => {
    const run = createRun(partsFor(configuration, listener), configuration, options);
    store.runRecords.begin(run, softwareVersion);
    return run;
  };

  const execute = (run: string, listener: RunListener, context: JobContext, options?: ExecutionOptions) =>
    executeRun(partsFor(store.runs.configuration(run), listener), run, context, options);

  return {
    runDirectory,
    run: requireRun,
    /** Starts the engine on the first call, to know what computes and how much memory it has. */
    async preflight(configuration: RunConfiguration): Promise<Preflight> {
      const { chosen } = await parts.compute.status();
      const checked = preflight(configuration, store.classes.classes(), dataset(), chosen && machineOf(chosen));
      return outlookOf(path, store, configuration, checked, chosen, checkWeights);
    },

    /** Records a new run; `execute` carries it to its end. */
    createRun(
      configuration: RunConfiguration,
      listener: RunListener,
      options?: CreationOptions,
    ): { run: string; execute(context: JobContext, how?: ExecutionOptions): Promise<void> } {
      const run = create(configuration, listener, options);
      return { run, execute: (context, how) => execute(run, listener, context, how) };
    },

    /** Records a new run that waits for its turn, as the last one. */
    enqueueRun(configuration: RunConfiguration, listener: RunListener, options?: CreationOptions): string {
      const run = create(configuration, listener, { ...options, state: 'queued' });
      store.runQueue.append(run);
      return run;
    },

    /** Carries a recorded run to its end, or goes on with it. */
    executeRun: execute,

    /** Tries growing learning rates and suggests one. */
    testLearningRates: (configuration: RunConfiguration, context: JobContext) =>
      testLearningRates(
        {
          store: trainingStore,
          inputs: parts.decoder,
          tester: expectCompute(parts.compute),
          cacheDirectory: join(path, 'cache'),
          softwareVersion,
        },
        configuration,
        context,
      ),

    /** Deletes a run with its model, predictions and figures; openings of the test set stay on record. */
    async removeRun(id: string): Promise<void> {
      const run = requireRun(id);
      if (isUnderWay(run.state)) {
        throw new ExpectedError({ code: 'BUSY', message: `${id} is under way.`, remedy: 'Cancel it first.' });
      }
      store.runs.remove(id);
      await rm(runDirectory(id), { recursive: true, force: true });
    },
  };
}

function countCheckpoints(directory: string): number {
  try {
    return readdirSync(join(directory, 'checkpoints')).filter((name) => name.endsWith('.checkpoint')).length;
  } catch {
    return 0;
  }
}
