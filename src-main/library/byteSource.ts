/** The bytes of one file by offset: small files lie in memory as a whole, of large ones only what is asked for is read. */
import { closeSync, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { openForReading } from '../platform/files.ts';
import { limits } from './limits.ts';
import { Refusal } from './refusal.ts';

export interface ByteSource {
  readonly length: number;
  /** All bytes, where they lie in memory anyway; null for a large file. */
  readonly whole: Uint8Array | null;
  /** A view that holds until the next file is opened; both ends must lie inside. */
  read(offset: number, length: number): Uint8Array;
}

/** A file too large for memory. What was learnt of it may be used again with the descriptor of a later opening. */
export class LargeFile implements ByteSource {
  readonly length: number;
  readonly whole = null;
  private descriptor: number;

  constructor(descriptor: number, length: number) {
    this.descriptor = descriptor;
    this.length = length;
  }

  read(offset: number, length: number): Uint8Array {
    return fill(this.descriptor, new Uint8Array(length), offset);
  }

  readThrough(opened: LargeFile): void {
    this.descriptor = opened.descriptor;
  }
}

export function memorySource(bytes: Uint8Array): ByteSource {
  return {
    length: bytes.length,
    whole: bytes,
    read: (offset, length) => bytes.subarray(offset, offset + length),
  };
}

/** Size and time by which a file is known again without reading it. */
export interface FileStamp {
  bytes: number;
  /** ISO 8601, UTC; empty where the file was written so lately that one more change might leave it the same time. */
  modifiedAt: string;
}

/** File systems keep times in steps of up to 2 s (FAT). */
const timeStep = 2000;

export interface OpenFile {
  source: ByteSource;
  stamp: FileStamp;
}

/** One buffer serves all small files of a worker: fresh memory costs more than reading into it. */
let shared = new Uint8Array(1024 ** 2);

/**
 * Opens a regular file for the time of `work`. `skip` is asked before anything is read. Throws Refusal: UNREADABLE, EMPTY_FILE,
 * TOO_LARGE.
 */
export async function withFile<T>(
  path: string,
  work: (file: OpenFile) => Promise<T> | T,
  skip: (stamp: FileStamp) => T | null = () => null,
): Promise<T> {
  const descriptor = guarded(() => openSync(path, openForReading));
  try {
    const stat = guarded(() => fstatSync(descriptor));
    if (!stat.isFile()) throw new Refusal('UNREADABLE', 'This is not a regular file.');
    const stamp = stampOf(stat);
    const skipped = skip(stamp);
    if (skipped !== null) return skipped;
    checkSize(stat.size);
    return await work({ source: fileSource(descriptor, stat.size), stamp });
  } finally {
    closeSync(descriptor);
  }
}

function stampOf(stat: Stats): FileStamp {
  const settled = Math.abs(Date.now() - stat.mtimeMs) > timeStep;
  return { bytes: stat.size, modifiedAt: settled ? stat.mtime.toISOString() : '' };
}

/** An empty time is equal to none. */
export function sameStamp(a: FileStamp, b: FileStamp): boolean {
  return a.bytes === b.bytes && a.modifiedAt === b.modifiedAt && a.modifiedAt !== '';
}

function checkSize(bytes: number): void {
  if (bytes === 0) throw new Refusal('EMPTY_FILE', 'The file is empty.');
  if (bytes > limits.fileBytes) {
    const megabytes = limits.fileBytes / 1024 ** 2;
    throw new Refusal('TOO_LARGE', `The file has ${Math.round(bytes / 1e6)} MB; the limit is ${megabytes} MB.`);
  }
}

function fileSource(descriptor: number, length: number): ByteSource {
  if (length > limits.wholeFileBytes) return new LargeFile(descriptor, length);
  if (shared.length < length) shared = new Uint8Array(Math.ceil(length / 1024 ** 2) * 1024 ** 2);
  return memorySource(fill(descriptor, shared.subarray(0, length), 0));
}

/** A file that became shorter since it was opened (a copy under way, a drive that went) is refused, never read as zeros. */
function fill(descriptor: number, bytes: Uint8Array, offset: number): Uint8Array {
  let position = 0;
  while (position < bytes.length) {
    const read = guarded(() => readSync(descriptor, bytes, position, bytes.length - position, offset + position));
    if (read === 0) throw new Refusal('UNREADABLE', 'The file ends earlier than its size says; is it being written?');
    position += read;
  }
  return bytes;
}

function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new Refusal('UNREADABLE', openingWords(cause), { cause });
  }
}

/** What the reader can do something about is said in words; the system's own code is left for the rest. */
function openingWords(cause: unknown): string {
  const code = systemCode(cause);
  if (code === 'ENOENT')
    return 'The file is not where it was: it was moved, renamed or deleted, or its drive is not connected.';
  if (code === 'EACCES' || code === 'EPERM') return 'The file may not be read by this account.';
  return `The file cannot be opened (${code}).`;
}

function systemCode(cause: unknown): string {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : 'unknown reason';
}
