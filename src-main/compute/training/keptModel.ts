import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { modelCardSchema, type ModelCard } from '../../../src-shared/contract/training.ts';
import { JobFailure } from '../failure.ts';
import { syncFolder } from './durable.ts';
import type { NetworkDescription } from '../network/layout.ts';
import { tensorSpecifications } from '../network/layout.ts';
import type { Network } from '../network/network.ts';
import { compareWeights, readMatched } from '../weights/load.ts';
import { openSafetensors, writeSafetensors } from '../weights/safetensors.ts';

const weightsName = 'model.safetensors';
const cardName = 'model.json';

/**
 * Keeps a network with its card. Both files are complete on the disk before either replaces its predecessor, so a crash
 * leaves the old model or the new one; what was left in the instant between the two renames, `finishRename` completes.
 */
export async function writeKeptModel<Tensor>(
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
    await syncFolder(directory);
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

/**
 * After a crash between the two renames the weights are new and the card is old, while the new card lies complete beside it: puts it
 * in its place. Does nothing where the two belong together.
 */
export async function finishRename(directory: string): Promise<void> {
  const draft = await readFile(join(directory, `${cardName}.tmp`), 'utf8').catch(() => null);
  const card = draft === null ? null : modelCardSchema.safeParse(parsedJson(draft)).data;
  if (card == null || (await hashOfWeights(directory)) !== card.weightsSha256) return;
  await rename(join(directory, `${cardName}.tmp`), join(directory, cardName));
  await syncFolder(directory);
}

/** The card of a kept model whose weights are there and undamaged; null otherwise. */
export async function soundCard(directory: string): Promise<ModelCard | null> {
  const card = await readCard(directory).catch(() => null);
  return card !== null && (await hashOfWeights(directory)) === card.weightsSha256 ? card : null;
}

async function hashOfWeights(directory: string): Promise<string | null> {
  try {
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(join(directory, weightsName), { highWaterMark: 1 << 20 }))
      hash.update(chunk);
    return hash.digest('hex');
  } catch {
    return null;
  }
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Reads a kept model; its weights must be the ones that the card was written for, complete and finite. */
export async function readKeptModel(
  directory: string,
): Promise<{ card: ModelCard; description: NetworkDescription; values: Map<string, Float32Array> }> {
  await finishRename(directory);
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
