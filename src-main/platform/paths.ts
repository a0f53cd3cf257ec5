import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** The checkout, or the packaged application's resources. */
export const applicationRoot = resolve(import.meta.dirname, '../..');

/** Folder of the user's settings: recent projects. `PARENCHYMA_CONFIG` overrides it. */
export function configurationDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment.PARENCHYMA_CONFIG) return resolve(environment.PARENCHYMA_CONFIG);
  if (process.platform === 'win32')
    return join(environment.APPDATA ?? join(homedir(), 'AppData', 'Roaming'), 'Parenchyma');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Parenchyma');
  return join(environment.XDG_CONFIG_HOME ?? join(homedir(), '.config'), 'parenchyma');
}

/** Folder in which projects are made unless the user chose another. `PARENCHYMA_PROJECTS` overrides it. */
export function projectsDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  return environment.PARENCHYMA_PROJECTS ? resolve(environment.PARENCHYMA_PROJECTS) : join(homedir(), 'Parenchyma');
}
