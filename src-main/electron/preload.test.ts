import { expect, it, vi } from 'vitest';

/** Electron itself cannot be loaded outside of Electron: what the preload takes from it is recorded. */
const electron = vi.hoisted(() => ({
  offered: new Map<string, Record<string, unknown>>(),
  asked: [] as unknown[][],
}));
vi.mock('electron', () => ({
  contextBridge: {
    exposeInMainWorld: (name: string, functions: Record<string, unknown>) => electron.offered.set(name, functions),
  },
  ipcRenderer: { invoke: async (...asked: unknown[]) => void electron.asked.push(asked) },
  webUtils: { getPathForFile: (file: File) => (file.name === 'made.png' ? '' : `/data/${file.name}`) },
}));

it('offers the page five functions and no more; files that were dropped get their path from webUtils', async () => {
  await import('./preload.ts');
  expect([...electron.offered.keys()]).toEqual(['parenchyma']);
  const bridge = electron.offered.get('parenchyma')!;
  expect(Object.keys(bridge).sort()).toEqual(['notify', 'pathForFile', 'pickFiles', 'pickFolder', 'revealFile']);
  const pathForFile = bridge.pathForFile as (file: File) => string;
  expect(pathForFile(new File([''], 'scan.dcm'))).toBe('/data/scan.dcm');
  expect(pathForFile(new File([''], 'made.png'))).toBe('');
  await (bridge.revealFile as (path: string) => Promise<unknown>)('/data/scan.dcm');
  expect(electron.asked).toEqual([['desktop:reveal-file', '/data/scan.dcm']]);
});
