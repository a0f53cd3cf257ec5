import type { ModelCard } from '../../../src-shared/contract/training.ts';
import { collectGarbage } from '../memory.ts';
import { Network } from '../network/network.ts';
import type { PreparedStages } from '../network/stages.ts';
import { take } from '../network/parameters.ts';
import type { Operations } from '../network/operations.ts';
import { readCard, readKeptModel } from '../training/keptModel.ts';
import { differentiableHead, type Head } from './head.ts';

export interface LoadedModel<Tensor> {
  card: ModelCard;
  /** Up to the ReLU of the last convolution. */
  features: PreparedStages<Tensor>;
  head: Head<Tensor>;
}

/** After this long without a heat map the memory is given back. */
const idleMilliseconds = 120_000;

/**
 * Keeps the model whose heat maps are being looked at in memory, so that the next one takes a forward pass and not the
 * reading of half a gigabyte. It must be released before a job that needs the memory.
 */
export function createModelKeeper<Tensor>(ops: Operations<Tensor>) {
  let kept: { directory: string; model: LoadedModel<Tensor>; dispose(): void } | null = null;
  let idle: NodeJS.Timeout | undefined;

  function release(): void {
    clearTimeout(idle);
    kept?.dispose();
    kept = null;
  }

  return {
    release,
    async load(directory: string): Promise<LoadedModel<Tensor>> {
      clearTimeout(idle);
      const { weightsSha256 } = await readCard(directory);
      if (kept?.directory !== directory || kept.model.card.weightsSha256 !== weightsSha256) {
        release();
        kept = { directory, ...(await loadModel(ops, directory)) };
      }
      return kept.model;
    },
    /** Called when a job is done with the model. */
    rest(): void {
      clearTimeout(idle);
      idle = setTimeout(release, idleMilliseconds);
      idle.unref();
    },
  };
}
export type ModelKeeper<Tensor> = ReturnType<typeof createModelKeeper<Tensor>>;

async function loadModel<Tensor>(
  ops: Operations<Tensor>,
  directory: string,
): Promise<{ model: LoadedModel<Tensor>; dispose(): void }> {
  const { card, description, values } = await readKeptModel(directory);
  const options = { imageSize: card.preprocessing.imageSize, freeze: 'none' } as const;
  const network = new Network(ops, description, options, ({ name }) => take(values, name)!);
  values.clear();
  collectGarbage();
  const { features, head: stages } = network.aroundLastConvolution();
  const head = differentiableHead(ops, stages);
  return {
    model: { card, features, head },
    dispose() {
      head.dispose();
      features.dispose();
      network.dispose();
    },
  };
}
