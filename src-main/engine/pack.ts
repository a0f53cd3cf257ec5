import { cp, mkdir, rm } from 'node:fs/promises';
import { constants } from 'node:fs';
import { basename, join } from 'node:path';
import type { EngineInstallation } from './install.ts';

/**
 * Lays this machine's engine into `directory`, as a package carries it: a hospital's workstation need not reach a registry then. The
 * libraries find each other by paths relative to the binding, so that the folder works wherever it lies. Without an engine the
 * folder is left empty.
 */
export async function packEngine(engine: EngineInstallation['engine'], directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  if (engine === null) return;
  await cp(engine.directory, join(directory, basename(engine.directory)), {
    recursive: true,
    mode: constants.COPYFILE_FICLONE,
  });
}
