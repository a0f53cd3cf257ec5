/**
 * `node standInTrial.ts DIRECTORY`: a trial as `parenchyma trial` carries it out, with a training that computes nothing. It has the
 * training's life: epochs that take time, a checkpoint after each, going on from it, stopping where it is told to.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import type { TrainedEvent } from '../../src-shared/contract/compute.ts';
import type { RunConfiguration } from '../../src-shared/contract/training.ts';
import { leftAlone } from '../../src-main/platform/leftAlone.ts';
import { runTrial } from '../../src-main/training/search/runTrial.ts';
import type { Trainer } from '../../src-main/training/index.ts';

const epochMilliseconds = 40;

/** Validation accuracy after an epoch: best near a learning rate of 1e-3, better with every epoch. */
export function accuracyAfter(epoch: number, { learningRate, seed }: RunConfiguration): number {
  const miss = Math.abs(Math.log10(learningRate) + 3);
  return Number((0.95 - 0.1 * miss - 0.3 / (epoch + 1) + (seed % 7) / 1000).toFixed(6));
}

const train: Trainer['train'] = async ({ configuration, runDirectory, stopAfterEpoch }, onEvent, signal, pause) => {
  if (configuration.learningRate > 0.09) throw Object.assign(new Error('The loss is no number.'), { code: 'DIVERGED' });
  if (configuration.weights !== null) throw Object.assign(new Error('No weights.'), { code: 'WEIGHTS_REFUSED' });
  const checkpoint = join(runDirectory, 'checkpoint.json');
  const last = configuration.epochs;
  let done = existsSync(checkpoint) ? Number(readFileSync(checkpoint, 'utf8')) : 0;
  const ended = (outcome: TrainedEvent['outcome']): TrainedEvent => ({
    kind: 'trained',
    job: 'trial',
    outcome,
    card: null,
    peakMemoryBytes: 0,
  });
  while (done < last) {
    if (stopAfterEpoch != null && done >= stopAfterEpoch) return ended('paused');
    await after(epochMilliseconds);
    if (signal.aborted || pause?.aborted) return ended(pause?.aborted ? 'paused' : 'cancelled');
    done += 1;
    const accuracy = accuracyAfter(done, configuration);
    onEvent({
      kind: 'epoch',
      job: 'trial',
      record: {
        epoch: done,
        training: { loss: 1 - accuracy, accuracy },
        validation: { loss: 1 - accuracy, accuracy, auc: accuracy, sensitivity: null, specificity: null },
        learningRate: configuration.learningRate,
        seconds: epochMilliseconds / 1000,
        imagesPerSecond: 1,
        etaSeconds: null,
        best: true,
      },
      mistakes: [],
    });
    writeFileSync(checkpoint, String(done));
  }
  return ended('finished');
};

if (import.meta.main) {
  const parts = { trainer: async () => ({ train }), now: () => new Date().toISOString() };
  await runTrial(process.argv[2]!, parts, leftAlone());
}
