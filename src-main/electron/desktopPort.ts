import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { BrowserWindow, Dialog, IpcMain, IpcMainInvokeEvent, Notification, Shell } from 'electron';
import { desktopChannels, notifyRequest, revealRequest } from './desktopChannels.ts';
import { isPageAddress } from './origin.ts';

/** Electron's parts that the port uses, handed in so that it can be tested without Electron. */
export interface DesktopParts {
  ipcMain: Pick<IpcMain, 'handle'>;
  dialog: Pick<Dialog, 'showOpenDialog'>;
  shell: Pick<Shell, 'showItemInFolder'>;
  Notification: new (options: { title: string; body: string }) => Pick<Notification, 'show'>;
  window(): BrowserWindow | null;
}

type Sender = Pick<IpcMainInvokeEvent, 'senderFrame'>;

/** Only the window's own top frame, showing our page, may ask: a frame of any other origin gets nothing. */
export function isTrustedSender(event: Sender): boolean {
  const frame = event.senderFrame;
  return frame !== null && frame.parent === null && isPageAddress(frame.url);
}

function refuseStrangers<Arguments extends unknown[], Answer>(
  handler: (...args: Arguments) => Promise<Answer>,
): (event: IpcMainInvokeEvent, ...args: Arguments) => Promise<Answer> {
  return async (event, ...args) => {
    if (!isTrustedSender(event)) throw new Error('Refused: not the window of Parenchyma.');
    return handler(...args);
  };
}

export function provideDesktop({
  ipcMain,
  dialog,
  shell,
  Notification: SystemNotification,
  window,
}: DesktopParts): void {
  const pick = async (properties: ('openDirectory' | 'openFile' | 'multiSelections')[]): Promise<string[]> => {
    const owner = window();
    const { canceled, filePaths } = owner
      ? await dialog.showOpenDialog(owner, { properties })
      : await dialog.showOpenDialog({ properties });
    return canceled ? [] : filePaths;
  };
  ipcMain.handle(
    desktopChannels.pickFolder,
    refuseStrangers(async () => (await pick(['openDirectory']))[0] ?? null),
  );
  ipcMain.handle(
    desktopChannels.pickFiles,
    refuseStrangers(async () => pick(['openFile', 'multiSelections'])),
  );
  ipcMain.handle(
    desktopChannels.revealFile,
    refuseStrangers(async (request: unknown) => {
      const file = revealRequest.parse(request);
      // Shown in the file manager, never opened: opening would run whatever the file is.
      if (path.isAbsolute(file) && (await stat(file).catch(() => null))) shell.showItemInFolder(file);
    }),
  );
  ipcMain.handle(
    desktopChannels.notify,
    refuseStrangers(async (request: unknown) => new SystemNotification(notifyRequest.parse(request)).show()),
  );
}
