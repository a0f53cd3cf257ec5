import type { FileHandle } from 'node:fs/promises';
import { PassThrough, type Readable } from 'node:stream';
import yauzl from 'yauzl';

/**
 * Gives yauzl the bytes of a file that stays the caller's. Places outside the file are refused here: an archive with a false
 * 64-bit place would otherwise make Node throw where nothing can catch it.
 */
export class ArchiveReader extends yauzl.RandomAccessReader {
  private readonly file: FileHandle;
  private readonly size: number;

  constructor(file: FileHandle, size: number) {
    super();
    this.file = file;
    this.size = size;
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    const inside = Number.isSafeInteger(position) && position >= 0 && length >= 0 && position + length <= this.size;
    if (!inside) {
      callback(new Error('it names a place outside the file'));
      return;
    }
    this.file.read(buffer, offset, length, position).then(
      ({ bytesRead }) => callback(bytesRead === length ? null : new Error('it ends early')),
      (error: unknown) => callback(error instanceof Error ? error : new Error(String(error))),
    );
  }

  /** Entries are read by their place, never as streams. */
  override _readStreamForRange(): Readable {
    const stream = new PassThrough();
    stream.destroy(new Error('entries are not read as streams'));
    return stream;
  }

  override close(callback: (error: Error | null) => void): void {
    callback(null);
  }
}
