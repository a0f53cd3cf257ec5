import { describe, expect, it } from 'vitest';
import { createDesktopPort } from './desktop.ts';
import { readDropped } from './fileDrop.ts';

/** As the preload offers it; files that a page made itself have no place on the disk. */
function bridgeOf(places: Readonly<Record<string, string>>) {
  return {
    pickFolder: async () => null,
    pickFiles: async () => null,
    revealFile: async () => undefined,
    notify: () => undefined,
    pathForFile: (file: File) => places[file.name] ?? '',
  };
}
const files = ['delivery', 'scan.dcm', 'made by the page'].map((name) => new File(['x'], name));
/** A DataTransfer cannot be made outside of a browser; only what is read of it is here. */
const transferOf = (dropped: readonly File[]) =>
  ({
    files: dropped,
    items: dropped.map((file) => ({ kind: 'file', webkitGetAsEntry: () => null, getAsFile: () => file })),
  }) as unknown as DataTransfer;

describe('what is dropped on the window', () => {
  const desktop = createDesktopPort(bridgeOf({ delivery: '/data/delivery', 'scan.dcm': 'D:\\scans\\scan.dcm' }));

  it('has a path in the desktop program, folders as well as files; what has none is left out', () => {
    expect(desktop.droppedPaths?.(files)).toEqual(['/data/delivery', 'D:\\scans\\scan.dcm']);
  });

  it('is handed on as paths there, and as files in a browser, which tells no paths', async () => {
    expect(await readDropped(transferOf(files), desktop)).toEqual({
      paths: ['/data/delivery', 'D:\\scans\\scan.dcm'],
      files: [],
    });
    const browser = createDesktopPort(null);
    expect(browser.droppedPaths).toBeNull();
    const { paths, files: found } = await readDropped(transferOf(files), browser);
    expect(paths).toEqual([]);
    expect(found.map(({ path }) => path)).toEqual(['delivery', 'scan.dcm', 'made by the page']);
  });

  it('is refused words that are no path', () => {
    const broken = createDesktopPort({ ...bridgeOf({}), pathForFile: () => 7 });
    expect(() => broken.droppedPaths?.(files)).toThrow();
  });
});
