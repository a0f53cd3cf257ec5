import type { BrowserWindow, IpcMainInvokeEvent, OpenDialogOptions } from 'electron';
import { describe, expect, it } from 'vitest';
import { desktopChannels } from './desktopChannels.ts';
import { isTrustedSender, provideDesktop } from './desktopPort.ts';

type Handler = (event: IpcMainInvokeEvent, ...args: unknown[]) => unknown;

// The fakes carry only what the port looks at; Electron's own classes cannot be made outside Electron.
const eventFrom = (url: string, parent: object | null = null) =>
  ({ senderFrame: { url, parent } }) as unknown as IpcMainInvokeEvent;
const page = eventFrom('app://parenchyma/');

function createDesktop(picked: string[]) {
  const handlers = new Map<string, Handler>();
  const revealed: string[] = [];
  const shown: { title: string; body: string }[] = [];
  provideDesktop({
    ipcMain: { handle: (channel, handler: Handler) => void handlers.set(channel, handler) },
    dialog: {
      showOpenDialog: async (_window: BrowserWindow | OpenDialogOptions) => ({
        canceled: picked.length === 0,
        filePaths: picked,
      }),
    },
    shell: { showItemInFolder: (file) => void revealed.push(file) },
    Notification: class {
      readonly options: { title: string; body: string };
      constructor(options: { title: string; body: string }) {
        this.options = options;
      }
      show() {
        shown.push(this.options);
      }
    },
    window: () => null,
  });
  const ask = async (channel: string, event: IpcMainInvokeEvent, ...args: unknown[]) =>
    handlers.get(channel)?.(event, ...args);
  return { ask, revealed, shown };
}

describe('desktop port', () => {
  it('gives the picked folder, or null when the dialog was closed', async () => {
    await expect(createDesktop(['/data/ct']).ask(desktopChannels.pickFolder, page)).resolves.toBe('/data/ct');
    await expect(createDesktop([]).ask(desktopChannels.pickFolder, page)).resolves.toBeNull();
  });

  it('refuses frames of other origins, nested frames and frames that are gone', async () => {
    const strangers = [
      eventFrom('https://example.org/'),
      eventFrom('app://parenchyma/', {}),
      { senderFrame: null } as unknown as IpcMainInvokeEvent,
    ];
    for (const stranger of strangers) {
      expect(isTrustedSender(stranger)).toBe(false);
      for (const channel of Object.values(desktopChannels)) {
        await expect(createDesktop(['/data']).ask(channel, stranger, '/data')).rejects.toThrow('Refused');
      }
    }
  });

  it('reveals files that exist and nothing else', async () => {
    const { ask, revealed } = createDesktop([]);
    await ask(desktopChannels.revealFile, page, import.meta.filename);
    await ask(desktopChannels.revealFile, page, '/no/such/file');
    await ask(desktopChannels.revealFile, page, 'relative/file');
    expect(revealed).toEqual([import.meta.filename]);
    await expect(ask(desktopChannels.revealFile, page, { path: '/etc' })).rejects.toThrow();
  });

  it('parses what is to be notified', async () => {
    const { ask, shown } = createDesktop([]);
    await ask(desktopChannels.notify, page, { title: 'Training ended', body: 'Run 7' });
    expect(shown).toEqual([{ title: 'Training ended', body: 'Run 7' }]);
    await expect(ask(desktopChannels.notify, page, { title: 'x', body: 'y', icon: 'file:///etc' })).rejects.toThrow();
  });
});
