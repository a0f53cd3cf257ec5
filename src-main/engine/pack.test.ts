import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { manifestName, packedEngineFolder, type EngineManifest } from './cache.ts';
import { locateEngine } from './install.ts';
import { packEngine } from './pack.ts';
import { engineKey } from './recipe.ts';

const manifest: EngineManifest = {
  version: '2.21.0',
  variant: 'cpu',
  gpu: false,
  wheels: [],
  installedAt: '2026-01-02T03:04:05.000Z',
};

let folder: string;
let resources: string;

function makeEngine(directories: string): string {
  const directory = join(directories, engineKey('cpu'));
  mkdirSync(join(directory, 'binding'), { recursive: true });
  writeFileSync(join(directory, 'binding', 'tfjs_binding.node'), 'addon');
  writeFileSync(join(directory, manifestName), JSON.stringify(manifest));
  return directory;
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parenchyma-pack-'));
  resources = join(folder, 'resources');
  vi.stubEnv('PARENCHYMA_CACHE', join(folder, 'cache'));
  Object.assign(process, { resourcesPath: resources });
});

afterEach(() => {
  Reflect.deleteProperty(process, 'resourcesPath');
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

describe('a packaged program', () => {
  it('uses the engine that it carries, with nothing in the cache', async () => {
    makeEngine(join(folder, 'elsewhere'));
    const built = { variant: 'cpu', version: '2.21.0', gpu: false, binding: '' } as const;
    await packEngine(
      { ...built, directory: join(folder, 'elsewhere', engineKey('cpu')) },
      join(resources, packedEngineFolder),
    );
    rmSync(join(folder, 'elsewhere'), { recursive: true });
    expect((await locateEngine()).engine?.binding).toBe(
      join(resources, packedEngineFolder, engineKey('cpu'), 'binding', 'tfjs_binding.node'),
    );
  });

  it('takes its own before the one in the cache', async () => {
    makeEngine(join(folder, 'cache', 'engine'));
    expect((await locateEngine()).engine?.directory).toContain('cache');
    makeEngine(join(resources, packedEngineFolder));
    expect((await locateEngine()).engine?.directory).toContain('resources');
  });

  it('without an engine has an empty folder, and none of an earlier packaging', async () => {
    makeEngine(join(resources, packedEngineFolder));
    await packEngine(null, join(resources, packedEngineFolder));
    expect(readdirSync(join(resources, packedEngineFolder))).toEqual([]);
    expect((await locateEngine()).engine).toBeNull();
  });
});
