import path from 'node:path';
import { BrowserWindow, type WebPreferences } from 'electron';
import { pageAddress } from './origin.ts';

/** The page is treated as if it came from the internet: sandboxed, isolated, without Node. */
export const webPreferences: WebPreferences = {
  preload: path.join(import.meta.dirname, 'preload.cjs'),
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  webviewTag: false,
  navigateOnDragDrop: false,
  // Dictionaries would be downloaded.
  spellcheck: false,
  // A training is watched from behind other windows.
  backgroundThrottling: false,
};

export async function openWindow(): Promise<BrowserWindow> {
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
    minWidth: 1024,
    minHeight: 640,
    // The reading room is dark; a white flash at the start is not.
    backgroundColor: '#0b0e13',
    title: 'Parenchyma',
    show: false,
    webPreferences,
  });
  window.once('ready-to-show', () => window.show());
  await window.loadURL(pageAddress);
  return window;
}
