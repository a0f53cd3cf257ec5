/** Files and folders dropped on the window: what they are, who takes them, and how their bytes reach the host where paths are not told. */
import { onUnmounted, shallowRef, watchEffect } from 'vue';
import type { DesktopPort } from './desktop.ts';
import { failureOf, ImageRefused } from './images.ts';

export interface Dropped {
  /** Where they lie, in a shell that is told. */
  paths: string[];
  /** Else the files themselves, with their path below what was dropped. */
  files: { path: string; file: File }[];
}

export interface DropTarget {
  /** What dropping does now, shown over the window. */
  words: string;
  drop(dropped: Dropped): void;
}

/** The screen that takes what is dropped; null: it is offered for import. */
export const dropTarget = shallowRef<DropTarget | null>(null);

/** While the component is there, it takes what is dropped; `target` may be null as long as it cannot. */
export function useDropTarget(target: () => DropTarget | null): void {
  let own: DropTarget | null = null;
  watchEffect(() => {
    own = target();
    dropTarget.value = own;
  });
  onUnmounted(() => {
    if (dropTarget.value === own) dropTarget.value = null;
  });
}

/** Must be called within the event: afterwards the transfer is empty. */
export function readDropped(transfer: DataTransfer, desktop: DesktopPort): Promise<Dropped> {
  const paths = desktop.droppedPaths?.([...transfer.files]);
  if (paths) return Promise.resolve({ paths, files: [] });
  const found = [...transfer.items]
    .filter((item) => item.kind === 'file')
    .map((item): Promise<Dropped['files']> => {
      const entry = item.webkitGetAsEntry();
      if (entry) return filesOf(entry, '');
      const file = item.getAsFile();
      return Promise.resolve(file ? [{ path: file.name, file }] : []);
    });
  return Promise.all(found).then((files) => ({ paths: [], files: files.flat() }));
}

async function filesOf(entry: FileSystemEntry, folder: string): Promise<Dropped['files']> {
  const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    return [{ path, file }];
  }
  if (!isDirectory(entry)) return [];
  const reader = entry.createReader();
  const found: Dropped['files'] = [];
  // A reader gives a hundred entries at a time, and none when it is at the end.
  for (;;) {
    const next = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (next.length === 0) return found;
    for (const one of next) found.push(...(await filesOf(one, path)));
  }
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isDirectory = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;

/** HTTP/1.1 gives a page six connections; the event stream and the viewer need some of them. */
const atOnce = 3;

/** Sends the bytes of dropped files to the host and returns the name of their batch; on failure nothing of them stays there. */
export async function sendDropped(
  files: Dropped['files'],
  onProgress: (done: number) => void,
  signal: AbortSignal,
): Promise<string> {
  const batch = crypto.randomUUID();
  const address = `/studies/dropped/${batch}`;
  let next = 0;
  let done = 0;
  const worker = async () => {
    for (let at = next++; at < files.length; at = next++) {
      const { path, file } = files[at]!;
      const response = await fetch(`${address}?${new URLSearchParams({ path })}`, {
        method: 'POST',
        body: file,
        signal,
      });
      if (!response.ok) throw new ImageRefused(failureOf(await response.text(), response.status));
      done += 1;
      onProgress(done);
    }
  };
  const stopOthers = (error: unknown) => {
    next = files.length;
    throw error;
  };
  const ends = await Promise.allSettled(Array.from({ length: atOnce }, () => worker().catch(stopOthers)));
  const failed = ends.find((end) => end.status === 'rejected');
  if (!failed) return batch;
  await fetch(address, { method: 'DELETE' }).catch(() => undefined);
  throw failed.reason;
}
