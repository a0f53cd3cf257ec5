import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { imagenetNormalisation, type InputNormalisation } from '../../../models/vgg.ts';
import { openHdf5 } from './keras/hdf5.ts';
import { convertTensors } from './keras/kerasFile.ts';
import { WeightsRefusal } from './refusal.ts';
import { openSafetensors } from './safetensors.ts';
import type { TensorFacts } from './tensorTable.ts';
import { openLayersModel } from './tfjs/layersModel.ts';
import { dtypeOf } from './torch/globals.ts';
import { openTorchLegacy } from './torch/legacyFile.ts';
import { withoutWrappers } from './torch/stateDict.ts';
import { readTorchTensor, type TorchFile } from './torch/torchFile.ts';
import { openTorchZip } from './torch/zipFile.ts';

export type WeightsFormat = 'torch-zip' | 'torch-legacy' | 'safetensors' | 'keras-h5' | 'tfjs-layers';

/** A weights file of any format, its tensors under torchvision's names where they are VGG's, in torch's layout. */
export interface WeightsFile {
  format: WeightsFormat;
  tensors: ReadonlyMap<string, TensorFacts>;
  /** How inputs are normalised for these weights. */
  normalisation: InputNormalisation;
  /** What is worth knowing about where the weights come from, in words. */
  notes: readonly string[];
  /** Float32, in torch's layout. */
  read(name: string): Promise<Float32Array<ArrayBuffer>>;
  sha256(): Promise<string>;
  close(): Promise<void>;
}

/** A named pipe would otherwise be waited for until someone writes to it. */
const openForReading = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** Opens a weights file by what it is, not by what its name says. Runs in the weights worker. */
export async function openWeightsFile(path: string): Promise<WeightsFile> {
  let file: FileHandle;
  try {
    file = await open(path, openForReading);
  } catch (error) {
    throw unreadable(error);
  }
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw new WeightsRefusal('UNREADABLE', 'It is not a regular file.');
    const { size } = stat;
    const head = Buffer.alloc(16);
    const { bytesRead } = await file.read(head, 0, 16, 0).catch((error: unknown) => {
      throw unreadable(error);
    });
    return await openBy(sniffWeights(head.subarray(0, bytesRead), path), path, file, size);
  } catch (error) {
    await file.close().catch(() => undefined);
    throw error;
  }
}

type Sniffed = 'zip' | 'pickle' | 'safetensors' | 'hdf5' | 'json' | null;

/** What a file's first bytes and, where those say nothing, its name make it. */
export function sniffWeights(head: Uint8Array, path: string): Sniffed {
  const bytes = Buffer.from(head);
  if (bytes.subarray(0, 4).equals(Buffer.from('PK\x03\x04', 'latin1'))) return 'zip';
  if (bytes.subarray(0, 4).equals(Buffer.from('\x89HDF', 'latin1'))) return 'hdf5';
  if (bytes.length >= 9 && bytes[8] === 0x7b && bytes.readBigUInt64LE() < 2n ** 40n) return 'safetensors';
  if (bytes.length >= 2 && bytes[0] === 0x80 && bytes[1]! <= 5) return 'pickle';
  if (/\.safetensors$/i.test(path)) return 'safetensors';
  if (/\.(pth|pt|pkl|pickle|bin|ckpt)$/i.test(path)) return 'pickle';
  if (/\.(h5|hdf5|keras)$/i.test(path)) return 'hdf5';
  if (/\.json$/i.test(path)) return 'json';
  return null;
}

async function openBy(kind: Sniffed, path: string, file: FileHandle, size: number): Promise<WeightsFile> {
  if (kind === 'zip') return torchWeights(await openTorchZip(file, size), file);
  if (kind === 'pickle') return torchWeights(await openTorchLegacy(file, size), file);
  if (kind === 'safetensors') return safetensorsWeights(path, file);
  if (kind === 'hdf5') return kerasWeights(file, size);
  if (kind === 'json') return layersModelWeights(path, file, size);
  throw new WeightsRefusal(
    'UNKNOWN_FORMAT',
    'It is none of the formats that are read: .pth and .pt by PyTorch, .safetensors, .h5 by Keras, model.json by TensorFlow.js.',
  );
}

function torchWeights(source: TorchFile, file: FileHandle): WeightsFile {
  const { tensors } = source;
  return {
    format: source.format,
    tensors: new Map(
      [...tensors].map(([name, { storage, size }]) => [name, { dtype: dtypeOf(storage), shape: [...size] }]),
    ),
    normalisation: imagenetNormalisation,
    notes: [],
    read: (name) => readTorchTensor(file, source, tensors.get(name)!, name),
    sha256: () => hashFile(file),
    close: () => file.close(),
  };
}

async function kerasWeights(file: FileHandle, size: number): Promise<WeightsFile> {
  const opened = await openHdf5(file.fd, size);
  return {
    format: 'keras-h5',
    ...convertTensors(opened, null),
    sha256: () => hashFile(file),
    async close() {
      opened.close();
      await file.close();
    },
  };
}

async function layersModelWeights(path: string, file: FileHandle, size: number): Promise<WeightsFile> {
  const opened = await openLayersModel(path, size);
  await file.close();
  const converted = convertTensors(opened, opened.normalisation);
  return { format: 'tfjs-layers', ...converted, sha256: opened.sha256, close: async () => undefined };
}

async function safetensorsWeights(path: string, file: FileHandle): Promise<WeightsFile> {
  const opened = await openSafetensors(path);
  await file.close();
  const named = withoutWrappers(new Map([...opened.tensors.keys()].map((name) => [name, name])));
  return {
    ...opened,
    format: 'safetensors',
    tensors: new Map([...named].map(([name, own]) => [name, opened.tensors.get(own)!])),
    read: (name) => opened.read(named.get(name) ?? name),
    normalisation: imagenetNormalisation,
    notes: [],
  };
}

export async function hashFile(file: FileHandle): Promise<string> {
  const hash = createHash('sha256');
  const buffer = Buffer.alloc(1 << 20);
  for (let position = 0; ;) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) return hash.digest('hex');
    hash.update(buffer.subarray(0, bytesRead));
    position += bytesRead;
  }
}

function unreadable(error: unknown): WeightsRefusal {
  const reason = error instanceof Error ? error.message : String(error);
  return new WeightsRefusal('UNREADABLE', `It cannot be read: ${reason}.`, { cause: error });
}
