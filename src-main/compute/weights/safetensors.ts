import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { z } from 'zod';
import { elementCount } from '../network/layout.ts';
import { limits } from './limits.ts';
import { WeightsRefusal } from './refusal.ts';
import { bytesOf, decodeFloats, readExactly, type Dtype } from './tensorTable.ts';

/**
 * A strict reader of safetensors: eight bytes with the header's length, a JSON header, then the tensors without gaps. The
 * file comes from anywhere, so every number in it is checked before it is used. (huggingface/safetensors, README "Format".)
 */
export interface SafetensorsFile {
  tensors: Map<string, SafetensorsEntry>;
  metadata: Record<string, string>;
  /** Values in float32; the caller names a floating-point tensor of `tensors`. */
  read(name: string): Promise<Float32Array<ArrayBuffer>>;
  sha256(): Promise<string>;
  close(): Promise<void>;
}

export interface SafetensorsEntry {
  dtype: Dtype;
  shape: number[];
  /** Bytes from the end of the header. */
  begin: number;
  end: number;
}

/** What is wrong with a file, in words. */
export class SafetensorsRefusal extends WeightsRefusal {
  constructor(reason: string) {
    super('DAMAGED', reason);
  }
}

const headerCap = limits.jsonBytes;
const tensorCap = limits.tensors;
const elementCap = limits.elements;

const wholeNumber = z.int().nonnegative();
const entrySchema = z.strictObject({
  dtype: z.enum(Object.keys(bytesOf) as [Dtype, ...Dtype[]]),
  shape: z.array(wholeNumber).max(8),
  data_offsets: z.tuple([wholeNumber, wholeNumber]),
});
const metadataSchema = z.record(z.string(), z.string());

export async function openSafetensors(path: string): Promise<SafetensorsFile> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const { header, dataStart } = await readHeader(file, size);
    const { tensors, metadata } = parseHeader(header, size - dataStart);
    return {
      tensors,
      metadata,
      read: (name) => readTensor(file, dataStart, tensors.get(name), name),
      sha256: () => hashFile(file),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function readHeader(file: FileHandle, size: number): Promise<{ header: string; dataStart: number }> {
  if (size < 10) throw new SafetensorsRefusal(`The file has ${size} bytes, too few for a safetensors header.`);
  const length = (await readExactly(file, 0, 8)).readBigUInt64LE();
  if (length > BigInt(headerCap))
    throw new SafetensorsRefusal(`The header claims ${length} bytes; at most ${headerCap} are read.`);
  if (length > BigInt(size - 8)) throw new SafetensorsRefusal('The header claims to reach past the end of the file.');
  const bytes = await readExactly(file, 8, Number(length));
  if (bytes[0] !== 0x7b) throw new SafetensorsRefusal('The header does not begin with "{".');
  try {
    return { header: new TextDecoder('utf-8', { fatal: true }).decode(bytes), dataStart: 8 + Number(length) };
  } catch {
    throw new SafetensorsRefusal('The header is not valid UTF-8.');
  }
}

function parseHeader(text: string, dataBytes: number): Pick<SafetensorsFile, 'tensors' | 'metadata'> {
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch {
    throw new SafetensorsRefusal('The header is not JSON.');
  }
  const repeated = repeatedKey(text);
  if (repeated !== null) throw new SafetensorsRefusal(`The header names "${repeated.slice(0, 80)}" twice.`);
  if (typeof header !== 'object' || header === null) throw new SafetensorsRefusal('The header is not a JSON object.');
  const entries = Object.entries(header);
  if (entries.length > tensorCap) throw new SafetensorsRefusal(`The header names more than ${tensorCap} tensors.`);
  const tensors = new Map<string, SafetensorsEntry>();
  let metadata: Record<string, string> = {};
  for (const [name, value] of entries) {
    if (name === '__metadata__') {
      const parsed = metadataSchema.safeParse(value);
      if (!parsed.success) throw new SafetensorsRefusal('The metadata is not a table of texts.');
      metadata = parsed.data;
    } else {
      tensors.set(name, parseEntry(name, value));
    }
  }
  checkCoverage(tensors, dataBytes);
  return { tensors, metadata };
}

/** JSON.parse takes the last of equal keys without a word. `text` is sound JSON. */
function repeatedKey(text: string): string | null {
  const objects: Set<string>[] = [];
  for (const [, token, colon, bracket] of text.matchAll(/("[^"\\]*(?:\\.[^"\\]*)*")\s*(:?)|([{}])/g)) {
    if (bracket === '{') objects.push(new Set());
    else if (bracket === '}') objects.pop();
    if (token === undefined || colon !== ':') continue;
    const key = String(JSON.parse(token));
    if (objects.at(-1)!.has(key)) return key;
    objects.at(-1)!.add(key);
  }
  return null;
}

function parseEntry(name: string, value: unknown): SafetensorsEntry {
  if (['__proto__', 'constructor', 'prototype'].includes(name)) {
    throw new SafetensorsRefusal(`"${name}" is not accepted as a tensor's name.`);
  }
  const parsed = entrySchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new SafetensorsRefusal(`Tensor "${name}": ${issue?.path.join('.')} ${issue?.message}.`);
  }
  const {
    dtype,
    shape,
    data_offsets: [begin, end],
  } = parsed.data;
  const elements = elementCount(shape);
  if (elements > elementCap) throw new SafetensorsRefusal(`Tensor "${name}" claims ${elements} elements.`);
  if (end - begin !== elements * bytesOf[dtype]) {
    throw new SafetensorsRefusal(`Tensor "${name}": shape and offsets disagree.`);
  }
  return { dtype, shape, begin, end };
}

/** The format demands that the tensors fill the rest of the file: no overlap, no gap, nothing behind. */
function checkCoverage(tensors: Map<string, SafetensorsEntry>, dataBytes: number): void {
  let place = 0;
  for (const [name, { begin, end }] of [...tensors].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== place)
      throw new SafetensorsRefusal(`Tensor "${name}" ${begin < place ? 'overlaps another' : 'follows a gap'}.`);
    if (end > dataBytes) throw new SafetensorsRefusal(`Tensor "${name}" reaches past the end of the file.`);
    place = end;
  }
  if (place !== dataBytes) throw new SafetensorsRefusal(`${dataBytes - place} bytes follow the last tensor.`);
}

async function readTensor(
  file: FileHandle,
  dataStart: number,
  entry: SafetensorsEntry | undefined,
  name: string,
): Promise<Float32Array<ArrayBuffer>> {
  if (entry === undefined) throw new SafetensorsRefusal(`There is no tensor "${name}".`);
  const bytes = await readExactly(file, dataStart + entry.begin, entry.end - entry.begin);
  return decodeFloats(bytes, entry.dtype, name);
}

async function hashFile(file: FileHandle): Promise<string> {
  const hash = createHash('sha256');
  const buffer = Buffer.alloc(1 << 20);
  for (let position = 0; ;) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) return hash.digest('hex');
    hash.update(buffer.subarray(0, bytesRead));
    position += bytesRead;
  }
}

/**
 * Writes float32 tensors one after the other, so that only one is in memory, and fsyncs.
 *
 * @returns the file's sha256
 */
export async function writeSafetensors(
  path: string,
  layout: { name: string; shape: number[] }[],
  values: Iterable<Float32Array>,
): Promise<string> {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  let place = 0;
  for (const { name, shape } of layout) {
    const end = place + elementCount(shape) * 4;
    header[name] = { dtype: 'F32', shape, data_offsets: [place, end] };
    place = end;
  }
  // Spaces bring the data to a multiple of eight bytes, as the format recommends.
  const text = JSON.stringify(header);
  const bytes = Buffer.from(text + ' '.repeat((8 - (Buffer.byteLength(text) % 8)) % 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(bytes.length));
  const hash = createHash('sha256');
  const file = await open(path, 'w');
  try {
    for (const part of [length, bytes]) await append(file, part, hash);
    for (const tensor of values) {
      await append(file, new Uint8Array(tensor.buffer, tensor.byteOffset, tensor.byteLength), hash);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return hash.digest('hex');
}

async function append(file: FileHandle, bytes: Uint8Array, hash: ReturnType<typeof createHash>): Promise<void> {
  const step = 1 << 28;
  for (let start = 0; start < bytes.length; start += step) {
    const part = bytes.subarray(start, start + step);
    hash.update(part);
    await file.appendFile(part);
  }
}
