import { createHash } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import { modelCardSchema, type ModelCard } from '../../src-shared/contract/training.ts';
import { tensorSpecifications } from '../compute/network/layout.ts';
import { allFinite, compareWeights, listed } from '../compute/weights/load.ts';
import { openWeights } from '../compute/weights/reader.ts';
import { asRefusal } from '../compute/weights/refusal.ts';
import type { WeightsFile } from '../compute/weights/open.ts';
import { faultsOfCard } from './cardFaults.ts';

export const weightsName = 'model.safetensors';
export const cardName = 'model.json';

const cardCap = 4 * 2 ** 20;

export interface KeptModel {
  card: ModelCard;
  weights: WeightsFile;
}

/** Opens a model folder; its card and its weights must belong together and be complete. The caller closes the weights. */
export async function openModel(directory: string): Promise<KeptModel> {
  const card = await readModelCard(join(directory, cardName));
  let weights: WeightsFile;
  try {
    weights = await openWeights(join(directory, weightsName));
  } catch (error) {
    throw refused(`${weightsName} cannot be used: ${asRefusal(error).message}`);
  }
  try {
    if ((await weights.sha256()) !== card.weightsSha256) {
      throw refused('The weights are not those that the card describes: their hash differs.');
    }
    const description = { architecture: card.architecture, head: card.head, classes: card.classes.length };
    const { matched, problems } = compareWeights(weights, description);
    const found = new Set(matched.map(({ name }) => name));
    const missing = tensorSpecifications(description).filter(({ name }) => !found.has(name));
    const faults = [...problems, ...missing.map(({ name }) => `${name} is missing or of wrong shape`)];
    if (faults.length > 0) throw refused(`The weights do not fit the card: ${listed(faults)}.`);
    return { card, weights };
  } catch (error) {
    await weights.close();
    throw error instanceof ExpectedError ? error : refused(asRefusal(error).message);
  }
}

async function readModelCard(path: string): Promise<ModelCard> {
  let text: string;
  try {
    const file = await open(path, 'r');
    const { size } = await file.stat();
    await file.close();
    if (size > cardCap) throw new RangeError('It is too long.');
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw refused(`${basename(path)} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  let card: ModelCard;
  try {
    card = modelCardSchema.parse(JSON.parse(text));
  } catch {
    throw refused(`${basename(path)} is no card of a model that this program has saved.`);
  }
  const faults = faultsOfCard(card);
  if (faults.length > 0) throw refused(`${basename(path)} contradicts itself: ${listed(faults)}.`);
  return card;
}

/** The card as it leaves the project: without the place of the initial weights on this computer. */
export function cardToShare(card: ModelCard): ModelCard {
  const { weights } = card.configuration;
  return { ...card, configuration: { ...card.configuration, weights: weights === null ? null : basename(weights) } };
}

/** Reads one tensor, which must hold numbers only. */
export async function readTensor(weights: WeightsFile, name: string): Promise<Float32Array<ArrayBuffer>> {
  const values = await weights.read(name);
  if (!allFinite(values)) throw refused(`${name} holds values that are not finite.`);
  return values;
}

export function refused(message: string): ExpectedError {
  return new ExpectedError({
    code: 'MODEL_REFUSED',
    message,
    kept: 'Nothing was changed.',
    remedy: 'Choose the folder of a model that this program has saved: model.safetensors with its model.json.',
  });
}

export function bytesOf(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

export async function sha256Of(path: string): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash('sha256');
  const file = await open(path, 'r');
  let bytes = 0;
  try {
    for await (const chunk of file.createReadStream({ highWaterMark: 1 << 20, autoClose: false })) {
      hash.update(chunk as Buffer);
      bytes += (chunk as Buffer).length;
    }
  } finally {
    await file.close();
  }
  return { sha256: hash.digest('hex'), bytes };
}
