import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { backendNameSchema, type BackendName } from '../../src-shared/contract/vocabulary.ts';
import { viewerKeysSchema, type ViewerKeys } from '../../src-shared/contract/viewer.ts';
import { writeFileAtomic } from './files.ts';

const settingsSchema = z.object({
  recent: z.array(z.object({ path: z.string(), openedAt: z.string() })).default([]),
  /** The only backend to use; null takes the best that works. */
  backend: backendNameSchema.nullable().default(null),
  viewerKeys: viewerKeysSchema.default({}),
});
type Stored = z.infer<typeof settingsSchema>;

const mostRecent = 12;

/** The user's settings in one JSON file; a damaged file is treated as empty, since nothing in it is worth a failed start. */
export function createSettings(directory: string) {
  const path = join(directory, 'settings.json');

  async function read(): Promise<Stored> {
    try {
      return settingsSchema.parse(JSON.parse(await readFile(path, 'utf8')));
    } catch {
      return { recent: [], backend: null, viewerKeys: {} };
    }
  }

  async function change(next: (stored: Stored) => Stored): Promise<void> {
    await mkdir(directory, { recursive: true });
    await writeFileAtomic(path, JSON.stringify(next(await read()), null, 2));
  }

  return {
    async recentProjects() {
      const { recent } = await read();
      return recent.map((one) => ({
        name: basename(one.path, '.parenchyma'),
        path: one.path,
        openedAt: one.openedAt,
        available: existsSync(join(one.path, 'project.sqlite')),
      }));
    },
    /** Failing to remember a project must not fail opening it. */
    async rememberProject(projectPath: string, openedAt: string): Promise<void> {
      try {
        await change((stored) => {
          const others = stored.recent.filter((one) => one.path !== projectPath);
          return { ...stored, recent: [{ path: projectPath, openedAt }, ...others].slice(0, mostRecent) };
        });
      } catch {
        return;
      }
    },
    backend: async () => (await read()).backend,
    saveBackend: (backend: BackendName | null) => change((stored) => ({ ...stored, backend })),
    viewerKeys: async () => (await read()).viewerKeys,
    saveViewerKeys: (viewerKeys: ViewerKeys) => change((stored) => ({ ...stored, viewerKeys })),
  };
}
export type Settings = ReturnType<typeof createSettings>;
