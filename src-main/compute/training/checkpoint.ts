import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { modelCardSchema, type ModelCard } from '../../../src-shared/contract/training.ts';
import { JobFailure } from '../failure.ts';
import type { NetworkDescription } from '../network/layout.ts';
import { tensorSpecifications } from '../network/layout.ts';
import type { Network } from '../network/network.ts';
import { compareWeights, readMatched } from '../weights/load.ts';
import { openSafetensors, writeSafetensors } from '../weights/safetensors.ts';

const weightsName = 'model.safetensors';
const cardName = 'model.json';

/**
 * Keeps a network with its card. Both files are complete on the disk before either replaces its predecessor, so a crash
 * leaves the old model or the new one; in the instant between the two renames the card's hash tells that they differ.
 */
export async function writeCheckpoint<Tensor>(
  directory: string,
  network: Network<Tensor>,
  card: Omit<ModelCard, 'weightsSha256'>,
): Promise<ModelCard> {
  const weightsDraft = join(directory, `${weightsName}.tmp`);
  const cardDraft = join(directory, `${cardName}.tmp`);
  try {
    const layout = tensorSpecifications(network.description);
    const weightsSha256 = await writeSafetensors(weightsDraft, layout, valuesOf(network));
    const complete = modelCardSchema.parse({ ...card, weightsSha256 });
    await writeDurably(cardDraft, `${JSON.stringify(complete, null, 2)}\n`);
    await rename(weightsDraft, join(directory, weightsName));
    await rename(cardDraft, join(directory, cardName));
    await syncDirectory(directory);
    return complete;
  } catch (error) {
    await rm(weightsDraft, { force: true });
    await rm(cardDraft, { force: true });
    throw new JobFailure('DISK', `The model could not be written: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  }
}

function* valuesOf<Tensor>(network: Network<Tensor>): Generator<Float32Array> {
  for (const { values } of network.tensors()) yield values;
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Windows cannot open a folder for this and does not need it. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  await folder.sync().finally(() => folder.close());
}

/** Reads a kept model; its weights must be the ones that the card was written for, complete and finite. */
export async function readCheckpoint(
  directory: string,
): Promise<{ card: ModelCard; description: NetworkDescription; values: Map<string, Float32Array> }> {
  const card = await readCard(directory);
  const description = { architecture: card.architecture, head: card.head, classes: card.classes.length };
  let file;
  try {
    file = await openSafetensors(join(directory, weightsName));
  } catch (error) {
    throw new JobFailure(
      'MODEL_REFUSED',
      `The model's weights cannot be read: ${error instanceof Error ? error.message : error}`,
      {
        cause: error,
      },
    );
  }
  try {
    if ((await file.sha256()) !== card.weightsSha256) {
      throw new JobFailure(
        'MODEL_REFUSED',
        "The model's weights are not those that its card describes (their hash differs).",
      );
    }
    const comparison = compareWeights(file, description);
    const values = await readMatched(file, comparison);
    const missing = tensorSpecifications(description).filter(({ name }) => !values.has(name));
    const problems = [...comparison.problems, ...missing.map(({ name }) => `${name} is missing`)];
    if (problems.length > 0) {
      throw new JobFailure(
        'MODEL_REFUSED',
        `The model's weights do not fit its card: ${problems.slice(0, 10).join('; ')}.`,
      );
    }
    return { card, description, values };
  } finally {
    await file.close();
  }
}

/** Only the card of a kept model. */
export async function readCard(directory: string): Promise<ModelCard> {
  try {
    return modelCardSchema.parse(JSON.parse(await readFile(join(directory, cardName), 'utf8')));
  } catch (error) {
    throw new JobFailure(
      'MODEL_REFUSED',
      "The model's card (model.json) cannot be read or is not one of this program's.",
      {
        cause: error,
      },
    );
  }
}
