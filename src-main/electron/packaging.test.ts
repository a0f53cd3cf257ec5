import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { getConfig, validateConfiguration } from 'app-builder-lib/out/util/config/config.js';
import { DebugLogger } from 'builder-util';
import { describe, expect, it } from 'vitest';
import { packedEngineFolder } from '../engine/cache.ts';
import { desktopChannels } from './desktopChannels.ts';

const root = path.resolve(import.meta.dirname, '../..');
const loadConfiguration = () => getConfig(root, 'electron-builder.yml', null);

describe('packaging', () => {
  it('has a configuration that electron-builder accepts', async () => {
    await expect(validateConfiguration(await loadConfiguration(), new DebugLogger())).resolves.toBeUndefined();
  });

  it('is checked by electron-builder at all: an unknown option is refused', async () => {
    const configuration = { ...(await loadConfiguration()), notAnOption: true };
    await expect(validateConfiguration(configuration, new DebugLogger())).rejects.toThrow('notAnOption');
  });

  it('closes the ways around the application that Electron has', async () => {
    const { electronFuses, asar } = await loadConfiguration();
    expect(asar).toBe(true);
    expect(electronFuses).toMatchObject({
      runAsNode: false,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      onlyLoadAppFromAsar: true,
      grantFileProtocolExtraPrivileges: false,
    });
  });

  it('carries the native engine where the program looks for it, outside of the archive', async () => {
    const { extraResources } = await loadConfiguration();
    expect(extraResources).toContainEqual({ from: 'dist/engine', to: packedEngineFolder });
  });

  it('has a preload script that names the channels of the desktop port and no others', async () => {
    const preload = await readFile(path.join(import.meta.dirname, 'preload.ts'), 'utf8');
    const named = [...preload.matchAll(/'(desktop:[a-z-]+)'/g)].map((match) => match[1]);
    expect(named.sort()).toEqual(Object.values(desktopChannels).sort());
    expect(preload).not.toMatch(/ipcRenderer\.(send|on)\b/);
  });
});
