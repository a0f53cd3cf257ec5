/** Runs in the sandbox before the page: offers the page five named functions and nothing of Electron or Node. */
import { contextBridge, ipcRenderer, webUtils } from 'electron';

contextBridge.exposeInMainWorld('parenchyma', {
  pickFolder: (): Promise<unknown> => ipcRenderer.invoke('desktop:pick-folder'),
  pickFiles: (): Promise<unknown> => ipcRenderer.invoke('desktop:pick-files'),
  revealFile: (path: string): Promise<unknown> => ipcRenderer.invoke('desktop:reveal-file', path),
  notify: (title: string, body: string): Promise<unknown> => ipcRenderer.invoke('desktop:notify', { title, body }),
  /** Where a file lies that the user dropped on the window; '' for one that the page made itself. */
  pathForFile: (file: File): string => webUtils.getPathForFile(file),
});
