import { join } from 'node:path';
import type { JobContext } from '../../src-shared/contract/progress.ts';
import type { RangeTestResult } from '../../src-shared/contract/rangeTest.ts';
import type { RunConfiguration } from '../../src-shared/contract/training.ts';
import { suggestRate } from '../../src-shared/domain/rangeTest.ts';
import { prepareInputs } from './inputs.ts';
import { itemsOf, planOf } from './plan.ts';
import type { InputSource, RangeTester, TrainingStore } from './ports.ts';
import { modelClasses, noBackend, refuseBlocked } from './run.ts';

/** Enough to see where the loss turns, in a minute or two of a whole training. */
const steps = 100;
const range = { least: 1e-7, greatest: 1 };

export interface RangeTestParts {
  store: Pick<TrainingStore, 'classes' | 'dataset' | 'imageFiles'>;
  inputs: InputSource;
  tester: RangeTester;
  cacheDirectory: string;
  softwareVersion: string;
}

/** Tries growing learning rates on the training set with this configuration and suggests one; keeps nothing but prepared inputs. */
export async function testLearningRates(
  { store, inputs: source, tester, cacheDirectory, softwareVersion }: RangeTestParts,
  configuration: RunConfiguration,
  context: JobContext,
): Promise<RangeTestResult> {
  const dataset = store.dataset();
  refuseBlocked(configuration, store.classes(), dataset);
  const { chosen } = await tester.status();
  if (!chosen) throw noBackend();
  const snapshotSha256 = '0'.repeat(64);
  const plan = planOf(dataset, modelClasses(store), snapshotSha256);
  const files = store.imageFiles(plan.images.map(([image]) => image));
  const inputsDirectory = join(cacheDirectory, 'inputs');
  const inputs = await prepareInputs(source, files, configuration.preprocessing, inputsDirectory, context);
  const job = {
    cacheDirectory: join(cacheDirectory, 'features'),
    inputs,
    items: itemsOf(plan),
    classes: plan.classes,
    positive: plan.positive,
    configuration,
    snapshotSha256,
    softwareVersion,
    steps,
    ...range,
  };
  const points = await tester.rangeTest(
    job,
    (event) => {
      if (event.kind !== 'progress') return;
      const { phase, done, total, imagesPerSecond: rate, etaSeconds } = event;
      const message = phase === 'training' ? `Trying learning rates, ${done} of ${total}` : 'Getting ready';
      context.report({ phase: 'rangeTest', done, total, rate, etaSeconds, message });
    },
    context.signal,
  );
  return { points, ...suggestRate(points) };
}
