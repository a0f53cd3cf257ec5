import type { FileHandle } from 'node:fs/promises';
import { limits } from '../limits.ts';
import { damaged, unsupported, WeightsRefusal } from '../refusal.ts';
import { readExactly } from '../tensorTable.ts';
import { bytesOfStorage } from './globals.ts';
import { checkDepth, runPickle } from './pickle.ts';
import { Dictionary, Inert, type PickleValue, type Storage } from './pickleValues.ts';
import { findStateDict } from './stateDict.ts';
import type { TorchFile } from './torchFile.ts';

/** torch/serialization.py: MAGIC_NUMBER and PROTOCOL_VERSION of the format before 1.6, which torchvision's files still have. */
const magicNumber = 0x1950a86a20f9469cfc6cn;
const protocolVersion = 1001;

/**
 * Five pickles one after the other (magic number, protocol, the system's facts, the object, the keys of its storages), then for
 * each key the number of its elements in eight bytes and the elements.
 */
export async function openTorchLegacy(file: FileHandle, size: number): Promise<TorchFile> {
  const bytes = await readExactly(file, 0, Math.min(size, limits.pickleBytes));
  const magic = runPickle(bytes);
  if (magic.value !== magicNumber) {
    throw new WeightsRefusal('NO_WEIGHTS', 'It is a pickle, but not one that PyTorch has saved.');
  }
  const protocol = runPickle(bytes, magic.end);
  if (protocol.value !== protocolVersion) throw unsupported('It is of an unknown version of the format.');
  const system = runPickle(bytes, protocol.end);
  if (!(system.value instanceof Dictionary) || system.value.entries.get('little_endian') !== true) {
    throw unsupported('Its numbers are not little-endian.');
  }
  const object = runPickle(bytes, system.end);
  checkDepth(object.value);
  const tensors = findStateDict(object.value);
  const keys = runPickle(bytes, object.end);
  const wanted = new Map([...tensors.values()].map(({ storage }) => [storage.key, storage]));
  const places = await locate(file, size, keysOf(keys.value), keys.end, allStorages(object.value, wanted));
  for (const key of wanted.keys()) if (!places.has(key)) throw damaged(`The numbers of storage ${key} are missing.`);
  return { format: 'torch-legacy', tensors, positionOf: (storage) => places.get(storage.key)! };
}

function keysOf(value: PickleValue): string[] {
  if (!Array.isArray(value)) throw damaged('The keys of the storages are no list.');
  return value.map((key) => {
    if (typeof key !== 'string') throw damaged('The key of a storage is no text.');
    return key;
  });
}

/** Walks from storage to storage; the length of each is told twice, and must be the same both times. */
async function locate(
  file: FileHandle,
  size: number,
  keys: readonly string[],
  start: number,
  storages: ReadonlyMap<string, Storage>,
): Promise<Map<string, number>> {
  const places = new Map<string, number>();
  let position = start;
  for (const key of keys) {
    const storage = storages.get(key);
    if (storage === undefined || places.has(key)) throw damaged(`The storage ${key.slice(0, 40)} belongs to nothing.`);
    const elements = (await readExactly(file, position, 8)).readBigInt64LE();
    if (elements !== BigInt(storage.elements))
      throw damaged(`Storage ${key.slice(0, 40)} is told to have two lengths.`);
    places.set(key, position + 8);
    position += 8 + bytesOfStorage(storage);
    if (position > size) throw damaged('The file ended early.');
  }
  return places;
}

/** The optimiser's storages lie between those of the model, so the places of all must be known. */
function allStorages(root: PickleValue, known: ReadonlyMap<string, Storage>): Map<string, Storage> {
  const found = new Map(known);
  const seen = new Set<PickleValue>();
  const waiting = [root];
  while (waiting.length > 0) {
    const value = waiting.pop()!;
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    if (Array.isArray(value)) for (const one of value) waiting.push(one);
    else if (value instanceof Inert) for (const one of value.held) waiting.push(one);
    else if ('items' in value) for (const one of value.items) waiting.push(one);
    else if ('entries' in value && value instanceof Dictionary)
      for (const one of value.entries.values()) waiting.push(one);
    else if ('storage' in value) found.set(value.storage.key, value.storage);
    else if ('elements' in value) found.set(value.key, value);
  }
  return found;
}
