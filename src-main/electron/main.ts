/** Entry 1: Electron. Puts the host, its protocol, the desktop port and one window together, and ends them in order. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { app, BrowserWindow, dialog, ipcMain, Notification, session, shell } from 'electron';
import { composeApplication } from '../app/compose.ts';
import { trialsInHost } from '../app/trialWorkers.ts';
import { createHost } from '../host/createHost.ts';
import { applicationRoot } from '../platform/paths.ts';
import { softwareVersion } from '../platform/version.ts';
import { mountHost, registerAppScheme } from './appProtocol.ts';
import { provideDesktop } from './desktopPort.ts';
import { forkCompute } from './forkCompute.ts';
import { stayOnPage } from './guards/navigation.ts';
import { refuseNetwork } from './guards/network.ts';
import { refusePermissions } from './guards/permissions.ts';
import { setMenu } from './menu.ts';
import { createShutdown } from './shutdown.ts';
import { openWindow } from './window.ts';

function projectArgument(): string | null {
  const { values } = parseArgs({ options: { project: { type: 'string' } }, strict: false, allowPositionals: true });
  return typeof values.project === 'string' ? values.project : null;
}

const currentWindow = (): BrowserWindow | null => BrowserWindow.getAllWindows()[0] ?? null;

function showWindow(): void {
  const window = currentWindow();
  if (window?.isMinimized()) window.restore();
  window?.focus();
}

async function start(): Promise<void> {
  await app.whenReady();
  const { application, logger } = await composeApplication({
    forkCompute,
    trials: trialsInHost(forkCompute),
    decodeWorker: pathToFileURL(path.join(import.meta.dirname, 'decodeWorker.js')),
    metricsWorker: pathToFileURL(path.join(import.meta.dirname, 'metricsWorker.js')),
    reportWorker: pathToFileURL(path.join(import.meta.dirname, 'reportWorker.js')),
  });
  const host = createHost({
    application,
    shell: 'electron',
    rendererDirectory: path.join(applicationRoot, 'dist', 'renderer'),
    logger,
  });
  // `exit` and not `quit`: everything has been closed, and quit would ask again.
  app.on(
    'before-quit',
    createShutdown(host.close, (code) => app.exit(code)),
  );

  mountHost(host);
  refusePermissions(session.defaultSession);
  refuseNetwork(session.defaultSession);
  app.on('web-contents-created', (_event, contents) => stayOnPage(contents));
  provideDesktop({ ipcMain, dialog, shell, Notification, window: currentWindow });
  setMenu(softwareVersion);

  const project = projectArgument();
  if (project) await application.open(project);
  await openWindow();
}

// The sandbox for every page there will ever be, and no name on any network for any of them.
app.enableSandbox();
app.commandLine.appendSwitch('host-resolver-rules', 'MAP * ~NOTFOUND');
registerAppScheme();

// Two programs never have one project open; a second start shows the window that is there.
if (!app.requestSingleInstanceLock()) app.quit();
else {
  app.on('second-instance', showWindow);
  app.on('window-all-closed', () => app.quit());
  start().catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    dialog.showErrorBox('Parenchyma could not start', `${reason}\n\nNothing was changed.`);
    app.exit(1);
  });
}
