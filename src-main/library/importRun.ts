/** One import under way: each file read once, results written in the order of the files, in small durable steps. */
import { readdir } from 'node:fs/promises';
import { basename, sep } from 'node:path';
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import type { PatientRule, Rejection } from '../../src-shared/contract/library.ts';
import type { JobContext } from '../../src-shared/contract/progress.ts';
import { slicePosition } from './dicom/facts.ts';
import type { ImportDependencies, ImportOutcome } from './importParts.ts';
import { dicomKey, pictureKeys, type PictureName } from './patients.ts';
import type { ImportEntry, ImportStore, KnownFile, WrittenEntry } from './ports.ts';
import type { ReadOutcome } from './outcomes.ts';
import type { FoundFile, Source } from './walk.ts';

/**
 * Files that a worker is given at a time at most, and such groups in the decoder at a time: enough that no worker waits while this thread writes, and
 * in a short import every worker has some.
 */
const largestGroup = 24;
const groupsInFlight = 16;
/** Files written in one transaction: so many, or those of so many milliseconds. Each costs a wait for the disk. */
const batchSize = 256;
const batchMilliseconds = 250;

export class ImportRun {
  private readonly store: ImportStore;
  private readonly decoder: ImportDependencies['decoder'];
  private readonly rule: PatientRule;
  private readonly label: string | null;
  private readonly sources: readonly Source[];
  private readonly context: JobContext;
  private readonly total: number;
  private readonly startedAt = performance.now();
  /** Files read or known under a path of this import, and copies of other files by the path of the copy. */
  private readonly files = new Set<number>();
  private readonly copies = new Map<number, string>();
  private readonly rejected: Rejection[] = [];
  private imported = 0;
  private duplicates = 0;
  private pending: ImportEntry[] = [];
  private flushedAt = performance.now();
  /** Files whose outcome is durable: what progress says is done is never lost. */
  private done = 0;
  private unchanged = 0;
  /** Files that had to be read; the rate and the estimate count these only. */
  private read = 0;

  constructor(
    { store, decoder }: ImportDependencies,
    rule: PatientRule,
    label: string | null,
    sources: readonly Source[],
    context: JobContext,
  ) {
    this.store = store;
    this.decoder = decoder;
    this.rule = rule;
    this.label = label;
    this.sources = sources;
    this.context = context;
    this.total = sources.reduce((sum, { files, unreadable }) => sum + files.length + unreadable.length, 0);
  }

  async run(): Promise<ImportOutcome> {
    try {
      for (const source of this.sources) await this.importSource(source);
    } finally {
      // What was read stays, also when the import ends here.
      this.flush();
    }
    const seen = this.seenImages();
    return { imported: this.imported, duplicates: this.duplicates, rejected: this.rejected, seen };
  }

  /** A copy of a file that carries another label keeps it: the conflict is listed, and a person decides. */
  private seenImages(): number[] {
    const wanted = this.label?.toLowerCase();
    const conflicts = new Map<number, string>();
    const seen: number[] = [];
    for (const { imageId, fileId, className } of this.store.imagesOfFiles([...this.files, ...this.copies.keys()])) {
      const other = wanted !== undefined && className !== null && className.toLowerCase() !== wanted;
      if (other && !this.files.has(fileId)) conflicts.set(fileId, className);
      else seen.push(imageId);
    }
    const reasons = [...conflicts].map(([fileId, className]) => ({
      path: this.copies.get(fileId)!,
      code: 'LABEL_CONFLICT',
      reason: `The same file is in the project as ${className}; it keeps that label.`,
    }));
    this.store.write(
      reasons.map((reason) => ({ kind: 'rejected' as const, ...reason })),
      now(),
    );
    this.rejected.push(...reasons);
    return seen;
  }

  private async importSource(source: Source): Promise<void> {
    for (const { path, reason } of source.unreadable) this.add({ kind: 'rejected', path, code: 'UNREADABLE', reason });
    if (source.files.length === 0) return;
    const { id, prefix } = this.sourceFor(source);
    const known = this.store.knownFiles(id);
    const files = source.files.map((file) => ({ ...file, relativePath: below(prefix, file.relativePath) }));
    const keys = this.keysOfPictures(id, files);
    // Entries are written in the order of the files, whichever is decoded first.
    const groupSize = Math.min(largestGroup, Math.ceil(files.length / (2 * groupsInFlight)));
    const reading: Promise<(ImportEntry | null)[]>[] = [];
    const stop = async (why: () => ExpectedError): Promise<never> => {
      await Promise.allSettled(reading);
      this.flush();
      throw why();
    };
    for (let next = 0; next < files.length || reading.length > 0;) {
      if (this.context.signal.aborted) await stop(() => cancelled(this.imported));
      if (next < files.length && reading.length < groupsInFlight) {
        const group = files.slice(next, next + groupSize);
        reading.push(this.readGroup(id, group, known, keys.slice(next, next + groupSize)));
        next += groupSize;
        continue;
      }
      for (const entry of await reading.shift()!) {
        if (isUnreadable(entry) && (await isGone(source.path))) await stop(() => gone(source.path, this.imported));
        if (entry === null) this.unchanged++;
        else this.add(entry);
      }
      if (this.isFlushDue()) this.flush();
    }
  }

  /** Patient keys that the rule gives the files; DICOM files do not use theirs. */
  private keysOfPictures(sourceId: number, files: readonly FoundFile[]): string[] {
    const pictures = files.map(({ path, relativePath }, imageId): PictureName => ({
      imageId,
      sourceId,
      folder: folderOf(relativePath),
      fileName: basename(path),
    }));
    return [...pictureKeys(pictures, this.rule).values()];
  }

  /** A folder inside one that was added before belongs to that source: the same file is then the same record. */
  private sourceFor(source: Source): { id: number; prefix: string } {
    const existing = this.store.sources();
    const same = existing.find(({ path }) => path === source.path);
    if (same !== undefined) return { id: same.id, prefix: '' };
    const outer = existing.find(({ path }) => source.path.startsWith(path.endsWith(sep) ? path : path + sep));
    if (outer !== undefined)
      return { id: outer.id, prefix: source.path.slice(outer.path.length).split(sep).filter(Boolean).join('/') };
    return { id: this.store.addSource(source.path, now()), prefix: '' };
  }

  /** Null for a file that is known and has not changed since; fewer entries than files when the import is cancelled. */
  private async readGroup(
    sourceId: number,
    files: readonly FoundFile[],
    known: ReadonlyMap<string, KnownFile>,
    keys: readonly string[],
  ): Promise<(ImportEntry | null)[]> {
    const stamps = files.map(({ path, relativePath }) => ({ path, known: known.get(relativePath) ?? null }));
    const outcomes = await this.decoder.read(
      // Only what the workers need travels to them.
      stamps.map(({ path, known: stamp }) => ({
        path,
        known: stamp && { bytes: stamp.bytes, modifiedAt: stamp.modifiedAt },
      })),
      this.context.signal,
    );
    return outcomes.map((outcome, place) =>
      this.entryOf(sourceId, files[place]!, stamps[place]!.known, outcome, keys[place]!),
    );
  }

  private entryOf(
    sourceId: number,
    { path, relativePath }: FoundFile,
    before: KnownFile | null,
    outcome: ReadOutcome,
    pictureKey: string,
  ): ImportEntry | null {
    if (outcome.kind === 'unchanged') {
      this.noteKnown(before!.fileId, before!.copy, path);
      return null;
    }
    this.read++;
    if (outcome.kind === 'rejected') return { kind: 'rejected', path, code: outcome.code, reason: outcome.reason };
    const key = outcome.dicom === null ? pictureKey : dicomKey(outcome.dicom, outcome.fileSha256);
    return {
      kind: 'file',
      sourceId,
      relativePath,
      path,
      modifiedAt: outcome.modifiedAt,
      folder: folderOf(relativePath),
      fileName: basename(path),
      inspected: outcome,
      images: outcome.places.map((place, frame) => ({ frame, patientKey: key, slicePosition: slicePosition(place) })),
    };
  }

  private noteKnown(fileId: number, copy: boolean, path: string): void {
    this.duplicates++;
    if (copy) this.copies.set(fileId, path);
    else this.files.add(fileId);
  }

  private add(entry: ImportEntry): void {
    this.pending.push(entry);
  }

  private isFlushDue(): boolean {
    return this.pending.length >= batchSize || performance.now() - this.flushedAt > batchMilliseconds;
  }

  private flush(): void {
    this.write();
    this.flushedAt = performance.now();
    this.report();
  }

  private write(): void {
    this.done += this.unchanged;
    this.unchanged = 0;
    if (this.pending.length === 0) return;
    const entries = this.pending;
    this.pending = [];
    const pictures = entries.some((entry) => entry.kind === 'file' && entry.inspected.dicom === null);
    if (pictures && this.store.patientRule() === null) this.store.applyPatientRule(this.rule, new Map());
    const written = this.store.write(entries, now());
    entries.forEach((entry, index) => this.count(entry, written[index]!));
    this.done += entries.length;
  }

  private count(entry: ImportEntry, written: WrittenEntry): void {
    if (written.kind === 'rejected') {
      this.rejected.push({ path: entry.path, code: written.code, reason: written.reason });
    } else if (written.kind === 'known') {
      this.noteKnown(written.fileId, written.copy, entry.path);
    } else {
      this.files.add(written.fileId);
      if (entry.kind === 'file') this.imported += entry.images.length;
    }
  }

  private report(): void {
    const seconds = (performance.now() - this.startedAt) / 1000;
    const rate = seconds > 0 && this.read > 0 ? this.read / seconds : null;
    this.context.report({
      phase: 'importing',
      done: this.done,
      total: this.total,
      rate,
      etaSeconds: rate === null ? null : (this.total - this.done) / rate,
      message: `Reading file ${this.done} of ${this.total}`,
    });
  }
}

function isUnreadable(entry: ImportEntry | null): boolean {
  return entry?.kind === 'rejected' && entry.code === 'UNREADABLE';
}

/** A drive that was pulled out leaves no folder, or an empty one where it was mounted. */
async function isGone(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch(() => []);
  return names.length === 0;
}

function gone(folder: string, imported: number): ExpectedError {
  return new ExpectedError({
    code: 'PATH_NOT_FOUND',
    message: `${folder} can no longer be read; the drive or the network folder is gone.`,
    kept: `${imported} new ${imported === 1 ? 'image is' : 'images are'} in the project and stay there.`,
    remedy: 'Connect it and import the same folder again; what is there is not read again.',
  });
}

export function folderOf(relativePath: string): string {
  return relativePath.split('/').slice(0, -1).join('/');
}

function below(prefix: string, relativePath: string): string {
  return prefix === '' ? relativePath : `${prefix}/${relativePath}`;
}

function now(): string {
  return new Date().toISOString();
}

export function cancelled(imported: number): ExpectedError {
  return new ExpectedError({
    code: 'CANCELLED',
    message: 'The import was cancelled.',
    kept: `${imported} new ${imported === 1 ? 'image is' : 'images are'} in the project and stay there.`,
    remedy: 'Import the same folder again to go on; what is there is not read again.',
  });
}
