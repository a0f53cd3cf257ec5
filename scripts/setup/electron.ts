/** Finds Electron's program, or obtains it once. `node scripts/setup/electron.ts [--again]` prints which. */
import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { root, runNode } from '../stages.ts';

export type Electron = { kind: 'found'; path: string } | { kind: 'missing'; reason: string };

const attemptSchema = z.object({ version: z.string(), at: z.string(), reason: z.string() });
const downloadLimitSeconds = 120;
const electronPackage = path.join(root, 'node_modules', 'electron');

function attemptFile(environment: NodeJS.ProcessEnv = process.env): string {
  const cache =
    environment.PARENCHYMA_CACHE ??
    path.join(environment.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'parenchyma');
  return path.join(cache, 'electron-attempt.json');
}

/** Where electron/install.js unpacks the program, per platform; a folder of one's own is named in ELECTRON_OVERRIDE_DIST_PATH. */
export async function findElectron(environment: NodeJS.ProcessEnv = process.env): Promise<string | null> {
  const inside =
    process.platform === 'darwin'
      ? path.join('Electron.app', 'Contents', 'MacOS', 'Electron')
      : process.platform === 'win32'
        ? 'electron.exe'
        : 'electron';
  const binary = path.join(environment.ELECTRON_OVERRIDE_DIST_PATH || path.join(electronPackage, 'dist'), inside);
  return access(binary).then(
    () => binary,
    () => null,
  );
}

async function electronVersion(): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(path.join(electronPackage, 'package.json'), 'utf8'));
  return z.object({ version: z.string() }).parse(manifest).version;
}

async function rememberedFailure(version: string): Promise<z.infer<typeof attemptSchema> | null> {
  try {
    const attempt = attemptSchema.parse(JSON.parse(await readFile(attemptFile(), 'utf8')));
    return attempt.version === version ? attempt : null;
  } catch {
    return null;
  }
}

const firstError = (output: string): string =>
  output
    .split('\n')
    .find((line) => /error|failed|refused|forbidden|ENOTFOUND/i.test(line))
    ?.trim()
    .slice(0, 200) ?? 'no reason given';

/** A failed download is remembered, so that an offline machine waits for it only once; `again` forgets that. */
export async function ensureElectron(say: (line: string) => void, again = false): Promise<Electron> {
  const found = await findElectron();
  if (found) return { kind: 'found', path: found };
  const version = await electronVersion().catch(() => null);
  if (version === null) return { kind: 'missing', reason: 'the package electron is not installed' };
  const file = attemptFile();
  if (again) await rm(file, { force: true });
  const before = await rememberedFailure(version);
  if (before) {
    const hint = '"npm start -- --electron" tries again';
    return { kind: 'missing', reason: `its download failed on ${before.at.slice(0, 10)} (${before.reason}); ${hint}` };
  }
  say(`downloading version ${version}, once (${downloadLimitSeconds / 60} minutes at most)`);
  const result = await runNode('node_modules/electron/install.js', [], {
    quiet: true,
    limitSeconds: downloadLimitSeconds,
  });
  const installed = await findElectron();
  if (installed) return { kind: 'found', path: installed };
  const reason = result.timedOut ? `not done after ${downloadLimitSeconds} s` : firstError(result.output);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify({ version, at: new Date().toISOString(), reason }));
  return { kind: 'missing', reason: `its download failed (${reason})` };
}

if (import.meta.main) {
  const electron = await ensureElectron((line) => console.log(`electron: ${line}`), process.argv.includes('--again'));
  console.log(`electron: ${electron.kind === 'found' ? electron.path : `none: ${electron.reason}`}`);
}
