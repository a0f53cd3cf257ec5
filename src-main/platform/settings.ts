import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from './files.ts';

const settingsSchema = z.object({
  recent: z.array(z.object({ path: z.string(), openedAt: z.string() })).default([]),
});

const mostRecent = 12;

/** The user's settings in one JSON file; a damaged file is treated as empty, since nothing in it is worth a failed start. */
export function createSettings(directory: string) {
  const path = join(directory, 'settings.json');

  async function read(): Promise<z.infer<typeof settingsSchema>> {
    try {
      return settingsSchema.parse(JSON.parse(await readFile(path, 'utf8')));
    } catch {
      return { recent: [] };
    }
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
        const { recent } = await read();
        const others = recent.filter((one) => one.path !== projectPath);
        await mkdir(directory, { recursive: true });
        const next = { recent: [{ path: projectPath, openedAt }, ...others].slice(0, mostRecent) };
        await writeFileAtomic(path, JSON.stringify(next, null, 2));
      } catch {
        return;
      }
    },
  };
}
export type Settings = ReturnType<typeof createSettings>;
