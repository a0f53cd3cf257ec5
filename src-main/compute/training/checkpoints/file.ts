import { createHash } from 'node:crypto';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from '../durable.ts';

/**
 * A checkpoint is one file, so that one rename makes it whole:
 *
 *     "PARENCHYMA CHECKPOINT 1\n" · length of the state (8 bytes, little-endian) · state (JSON) · tensors (float32, little-endian,
 *     one after the other, in the order the state names them) · sha256 of everything before (32 bytes)
 *
 * Whatever happens to a byte of it, or where it ends too early, the hash no longer fits.
 */
const magic = Buffer.from('PARENCHYMA CHECKPOINT 1\n');
const lengthBytes = 8;
const hashBytes = 32;
/** Validation probabilities and records of all epochs; a hundred times what occurs. */
const largestStateBytes = 256 * 1024 * 1024;
const chunkBytes = 8 * 1024 * 1024;

/** Where a tensor's values lie and how many there are. */
export interface CheckpointReader {
  state: unknown;
  /** The next tensor's values, which the caller knows the number of. */
  read(count: number): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Why a file is no sound checkpoint, in words. */
export class CheckpointDamage extends Error {}

/** Written to a temporary name, fsynced, renamed, the folder fsynced: at any instant `path` is whole or not there. */
export async function writeCheckpointFile(
  path: string,
  state: unknown,
  tensors: Iterable<Float32Array>,
): Promise<void> {
  const draft = `${path}.tmp`;
  const json = Buffer.from(JSON.stringify(state));
  const length = Buffer.alloc(lengthBytes);
  length.writeBigUInt64LE(BigInt(json.length));
  const hash = createHash('sha256');
  try {
    const file = await open(draft, 'w');
    try {
      const append = async (bytes: Uint8Array) => {
        hash.update(bytes);
        await writeAll(file, bytes);
      };
      for (const part of [magic, length, json]) await append(part);
      for (const values of tensors) await append(bytesOf(values));
      await writeAll(file, hash.digest());
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/**
 * Opens a checkpoint whose hash was found right.
 *
 * @throws CheckpointDamage
 */
export async function openCheckpointFile(path: string): Promise<CheckpointReader> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    await checkHash(file, size);
    const start = await readExactly(file, magic.length, lengthBytes);
    const stateBytes = Number(start.readBigUInt64LE());
    if (stateBytes > Math.min(largestStateBytes, size)) throw new CheckpointDamage('its state is too long');
    const json = await readExactly(file, magic.length + lengthBytes, stateBytes);
    let place = magic.length + lengthBytes + stateBytes;
    return {
      state: JSON.parse(json.toString()),
      async read(count) {
        if (place + 4 * count > size - hashBytes) throw new CheckpointDamage('it ends before its last tensor');
        const bytes = await readExactly(file, place, 4 * count);
        place += 4 * count;
        return new Float32Array(bytes.buffer, bytes.byteOffset, count);
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function checkHash(file: FileHandle, size: number): Promise<void> {
  if (size === 0) throw new CheckpointDamage('it is empty');
  if (size < magic.length + lengthBytes + hashBytes) throw new CheckpointDamage('it ends too early');
  const hash = createHash('sha256');
  const end = size - hashBytes;
  for (let place = 0; place < end; place += chunkBytes) {
    const chunk = await readExactly(file, place, Math.min(chunkBytes, end - place));
    if (place === 0 && !chunk.subarray(0, magic.length).equals(magic)) {
      throw new CheckpointDamage('it does not begin like a checkpoint of this version');
    }
    hash.update(chunk);
  }
  const written = await readExactly(file, end, hashBytes);
  if (!hash.digest().equals(written)) throw new CheckpointDamage('its hash does not fit what is in it');
}

/** A buffer of its own, so that its memory is aligned for float32. */
async function readExactly(file: FileHandle, place: number, count: number): Promise<Buffer> {
  const bytes = Buffer.from(new ArrayBuffer(count));
  for (let done = 0; done < count;) {
    const { bytesRead } = await file.read(bytes, done, count - done, place + done);
    if (bytesRead === 0) throw new CheckpointDamage('it ends too early');
    done += bytesRead;
  }
  return bytes;
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done);
    done += bytesWritten;
  }
}

function bytesOf(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
