/**
 * What only a desktop can do. In Electron the preload offers `window.parenchyma`; in a browser folders are picked in a
 * dialog over `system.browse`, files are downloaded, and notifications are the browser's.
 */
import { z } from 'zod';
import { requestPath, type PathKind } from './pathRequest.ts';

export interface DesktopPort {
  pickFolder(title: string): Promise<string | null>;
  pickFile(title: string): Promise<string | null>;
  /** As many as one likes where the system's own dialog is there; none when it was cancelled. */
  pickFiles(title: string): Promise<string[]>;
  /** Paths of files and folders dropped on the window; null in a browser, which does not tell a page where they lie. */
  droppedPaths: ((files: readonly File[]) => string[]) | null;
  /** Null where no file manager can be opened. */
  reveal: ((path: string) => Promise<void>) | null;
  notify(title: string, body: string): void;
}

interface Bridge {
  pickFolder(): Promise<unknown>;
  pickFiles(): Promise<unknown>;
  revealFile(path: string): Promise<unknown>;
  notify(title: string, body: string): unknown;
  pathForFile(file: File): unknown;
}

const bridgeShape = z.object({
  pickFolder: z.function(),
  pickFiles: z.function(),
  revealFile: z.function(),
  notify: z.function(),
  pathForFile: z.function(),
});
const folderAnswer = z.string().nullable();
const filesAnswer = z.union([z.string(), z.null(), z.array(z.string())]);

function isBridge(value: unknown): value is Bridge {
  return bridgeShape.safeParse(value).success;
}

function electronPort(bridge: Bridge): DesktopPort {
  const pickFiles = async (): Promise<string[]> => {
    const answer = filesAnswer.parse(await bridge.pickFiles());
    return answer === null ? [] : [answer].flat();
  };
  return {
    pickFolder: async () => folderAnswer.parse(await bridge.pickFolder()),
    pickFile: async () => (await pickFiles())[0] ?? null,
    pickFiles,
    droppedPaths: (files) =>
      files.map((file) => z.string().parse(bridge.pathForFile(file))).filter((path) => path !== ''),
    reveal: async (path) => {
      await bridge.revealFile(path);
    },
    notify: (title, body) => void bridge.notify(title, body),
  };
}

function browserPort(): DesktopPort {
  const pick = (kind: PathKind) => (title: string) => requestPath({ kind, title });
  return {
    pickFolder: pick('folder'),
    pickFile: pick('file'),
    pickFiles: async (title) => {
      const path = await pick('file')(title);
      return path === null ? [] : [path];
    },
    droppedPaths: null,
    reveal: null,
    notify: (title, body) => {
      if (!document.hidden || !('Notification' in window) || Notification.permission !== 'granted') return;
      new Notification(title, { body });
    },
  };
}

export function createDesktopPort(bridge: unknown): DesktopPort {
  return isBridge(bridge) ? electronPort(bridge) : browserPort();
}

let port: DesktopPort | null = null;

export function useDesktop(): DesktopPort {
  port ??= createDesktopPort('parenchyma' in window ? window.parenchyma : null);
  return port;
}
