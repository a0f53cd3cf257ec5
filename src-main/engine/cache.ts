import { mkdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { backendRefusalSchema } from '../../src-shared/contract/training.ts';
import { timestampSchema } from '../../src-shared/contract/vocabulary.ts';
import { writeFileAtomic } from '../platform/files.ts';
import { engineKey, type EngineVariant } from './recipe.ts';

/** Per user and shared by all checkouts. `PARENCHYMA_CACHE` overrides it. */
export function engineCacheDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  const cache = environment.PARENCHYMA_CACHE
    ? resolve(environment.PARENCHYMA_CACHE)
    : join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'parenchyma');
  return join(cache, 'engine');
}

/** The folder beside the program in which a packaged one carries its engine. */
export const packedEngineFolder = 'engine';

/** Where engines are looked for, in this order: a packaged program's own, then the user's cache. */
function engineDirectories(): string[] {
  // Electron's own addition to `process`: where a package keeps what lies beside its archive.
  const resources = (process as { resourcesPath?: string }).resourcesPath;
  return [...(resources === undefined ? [] : [join(resources, packedEngineFolder)]), engineCacheDirectory()];
}

/** Written last into a finished engine's folder: its presence says that the folder is whole. */
const engineManifestSchema = z.object({
  version: z.string(),
  variant: z.enum(['cpu', 'gpu']),
  /** True when the proof ran on an NVIDIA GPU. */
  gpu: z.boolean(),
  wheels: z.array(z.object({ requirement: z.string(), sha256: z.string() })),
  installedAt: timestampSchema,
});
export type EngineManifest = z.infer<typeof engineManifestSchema>;

export const manifestName = 'engine.json';

export interface InstalledEngine {
  directory: string;
  manifest: EngineManifest;
}

export async function readEngine(variant: EngineVariant): Promise<InstalledEngine | null> {
  for (const directories of engineDirectories()) {
    const directory = join(directories, engineKey(variant));
    try {
      const manifest = engineManifestSchema.parse(JSON.parse(await readFile(join(directory, manifestName), 'utf8')));
      return { directory, manifest };
    } catch {
      // Not there, or not whole.
    }
  }
  return null;
}

/** What the last installation came to, for `doctor`: refusals are of no use if only the installing terminal saw them. */
const engineStatusSchema = z.object({ checkedAt: timestampSchema, refusals: z.array(backendRefusalSchema) });
export type EngineStatus = z.infer<typeof engineStatusSchema>;

const statusPath = () => join(engineCacheDirectory(), 'status.json');

export async function readStatus(): Promise<EngineStatus | null> {
  try {
    return engineStatusSchema.parse(JSON.parse(await readFile(statusPath(), 'utf8')));
  } catch {
    return null;
  }
}

export async function writeStatus(status: EngineStatus): Promise<void> {
  await mkdir(engineCacheDirectory(), { recursive: true });
  await writeFileAtomic(statusPath(), `${JSON.stringify(status, null, 2)}\n`);
}
