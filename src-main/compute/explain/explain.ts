import type { ComputeEvent, ExplainedMap, ExplainJob } from '../../../src-shared/contract/compute.ts';
import { heatMapEdge } from '../../../src-shared/contract/heatmaps.ts';
import { inBatches, normalisedBatch } from '../data/batch.ts';
import { openInputs, type Inputs } from '../data/inputs.ts';
import { JobFailure } from '../failure.ts';
import type { Operations } from '../network/operations.ts';
import { createReporter, type JobRun } from '../training/progress.ts';
import { gradCam } from './gradCam.ts';
import type { LoadedModel } from './loadedModel.ts';
import { occlusionMap } from './occlusion.ts';

type Report = (done: number) => Promise<void>;

/** Heat maps of a loaded model for pairs of image and class. */
export async function explain<Tensor>(
  ops: Operations<Tensor>,
  model: LoadedModel<Tensor>,
  job: ExplainJob,
  run: JobRun,
): Promise<Extract<ComputeEvent, { kind: 'explained' }>> {
  checkTargets(model, job);
  const inputs = openInputs(job.inputs);
  const cells = job.method === 'occlusion' ? heatMapEdge(inputs.size) ** 2 : 1;
  const report = progressOf(run, job.targets.length * cells);
  try {
    const maps =
      job.method === 'gradCam'
        ? await gradCamMaps(ops, model, job, inputs, report)
        : await occlusionMaps(ops, model, job, inputs, report);
    return { kind: 'explained', job: job.job, edge: heatMapEdge(inputs.size), maps };
  } finally {
    inputs.close();
  }
}

async function gradCamMaps<Tensor>(
  ops: Operations<Tensor>,
  model: LoadedModel<Tensor>,
  job: ExplainJob,
  inputs: Inputs,
  report: Report,
): Promise<ExplainedMap[]> {
  const wanted = new Map<number, number[]>();
  for (const { index, class: one } of job.targets) wanted.set(index, [...(wanted.get(index) ?? []), one]);
  const made: ExplainedMap[] = [];
  for (const batch of inBatches([...wanted], job.batchSize)) {
    const images = batch.map(([index]) => inputs.read(index));
    const pixels = ops.upload(normalise(model, images, inputs.size), [images.length, inputs.size, inputs.size, 3]);
    const classes = batch.map(([, one]) => one);
    const maps = gradCam(ops, { ...model, classes: model.card.classes.length }, pixels, classes);
    ops.dispose(pixels);
    batch.forEach(([index, classes], place) =>
      classes.forEach((one, order) => made.push({ index, class: one, ...maps[place]![order]! })),
    );
    await report(made.length);
  }
  return inOrder(job, made);
}

async function occlusionMaps<Tensor>(
  ops: Operations<Tensor>,
  model: LoadedModel<Tensor>,
  job: ExplainJob,
  inputs: Inputs,
  report: Report,
): Promise<ExplainedMap[]> {
  const { size } = inputs;
  const cells = heatMapEdge(size) ** 2;
  const made: ExplainedMap[] = [];
  for (const index of new Set(job.targets.map((target) => target.index))) {
    const classes = job.targets.filter((target) => target.index === index).map((target) => target.class);
    const image = normalise(model, [inputs.read(index)], size);
    for (const { done, maps } of occlusionMap(ops, model, image, { size, classes, batchSize: job.batchSize })) {
      await report(made.length * cells + done * classes.length);
      if (done === cells) classes.forEach((one, order) => made.push({ index, class: one, ...maps[order]! }));
    }
  }
  return inOrder(job, made);
}

function normalise<Tensor>(model: LoadedModel<Tensor>, images: readonly Uint8Array[], size: number): Float32Array {
  return normalisedBatch(images, size, model.card.normalisation);
}

function inOrder(job: ExplainJob, maps: readonly ExplainedMap[]): ExplainedMap[] {
  const key = (one: { index: number; class: number }) => `${one.index}:${one.class}`;
  const known = new Map(maps.map((map) => [key(map), map]));
  return job.targets.map((target) => known.get(key(target))!);
}

function checkTargets<Tensor>({ card }: LoadedModel<Tensor>, job: ExplainJob): void {
  if (card.preprocessing.imageSize !== job.inputs.size) {
    throw new JobFailure(
      'INPUTS_UNREADABLE',
      `The model takes images of ${card.preprocessing.imageSize} pixels; these were prepared with ${job.inputs.size}.`,
    );
  }
  const unknown = job.targets.find((target) => target.class >= card.classes.length);
  if (unknown) {
    throw new JobFailure(
      'MODEL_REFUSED',
      `The model has ${card.classes.length} classes, none with index ${unknown.class}.`,
    );
  }
}

/** `total` counts maps, for occlusion covered pictures. */
function progressOf(run: JobRun, total: number): Report {
  const report = createReporter(run);
  const started = performance.now();
  return (done) => {
    const rate = done / ((performance.now() - started) / 1000);
    return report({
      phase: 'explaining',
      epoch: 0,
      epochs: 0,
      loss: null,
      accuracy: null,
      done,
      total,
      imagesPerSecond: rate,
      etaSeconds: (total - done) / rate,
    });
  };
}
