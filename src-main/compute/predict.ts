import type { ComputeEvent, PredictJob } from '../../src-shared/contract/compute.ts';
import { inBatches, normalisedBatch } from './data/batch.ts';
import { openInputs } from './data/inputs.ts';
import { JobFailure } from './failure.ts';
import { collectGarbage } from './memory.ts';
import { Network } from './network/network.ts';
import { take } from './network/parameters.ts';
import type { Operations } from './network/operations.ts';
import { softmax } from './network/softmax.ts';
import { readKeptModel } from './training/keptModel.ts';
import { createReporter, type JobRun } from './training/progress.ts';

/** Probabilities of a kept model for every image of an inputs file. */
export async function predict<Tensor>(
  ops: Operations<Tensor>,
  job: PredictJob,
  run: JobRun,
): Promise<Extract<ComputeEvent, { kind: 'predicted' }>> {
  const report = createReporter(run);
  const quiet = { epoch: 0, epochs: 0, loss: null, accuracy: null };
  await report({ ...quiet, phase: 'loading', done: 0, total: 1, imagesPerSecond: null, etaSeconds: null });
  const { card, description, values } = await readKeptModel(job.modelDirectory);
  if (card.preprocessing.imageSize !== job.inputs.size) {
    throw new JobFailure(
      'INPUTS_UNREADABLE',
      `The model takes images of ${card.preprocessing.imageSize} pixels; these were prepared with ${job.inputs.size}.`,
    );
  }
  const inputs = openInputs(job.inputs);
  const network = new Network(ops, description, { imageSize: inputs.size, freeze: 'none' }, ({ name }) =>
    take(values, name)!,
  );
  values.clear();
  collectGarbage();
  const prepared = network.prepare('all');
  const probabilities: number[][] = [];
  const started = performance.now();
  try {
    const indexes = Array.from({ length: inputs.count }, (_, index) => index);
    for (const batch of inBatches(indexes, job.batchSize)) {
      const images = batch.map((index) => inputs.read(index));
      const pixels = ops.upload(normalisedBatch(images, inputs.size, card.normalisation), [
        batch.length,
        inputs.size,
        inputs.size,
        3,
      ]);
      const logits = prepared.run(pixels);
      const all = softmax(ops.download(logits), description.classes);
      ops.dispose(pixels, logits);
      batch.forEach((_, place) =>
        probabilities.push([...all.slice(place * description.classes, (place + 1) * description.classes)]),
      );
      const imagesPerSecond = probabilities.length / ((performance.now() - started) / 1000);
      await report({
        ...quiet,
        phase: 'predicting',
        done: probabilities.length,
        total: inputs.count,
        imagesPerSecond,
        etaSeconds: (inputs.count - probabilities.length) / imagesPerSecond,
      });
    }
  } finally {
    prepared.dispose();
    network.dispose();
    inputs.close();
  }
  return { kind: 'predicted', job: job.job, probabilities };
}
