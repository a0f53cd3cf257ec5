import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from './command.ts';
import { lastLine } from './python.ts';
import { wheelTarget, type Wheel } from './recipe.ts';
import { EngineRefusal } from './refusal.ts';

export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/**
 * Has every wheel in `directory`, each with the recorded hash; returns their paths in order. What an earlier, interrupted
 * attempt left complete is used again; anything else there is deleted.
 */
export async function obtainWheels(
  python: string,
  wheels: Wheel[],
  directory: string,
  options: { signal?: AbortSignal; onBytes?: (done: number) => void },
): Promise<string[]> {
  await mkdir(directory, { recursive: true });
  const present = await verifiedWheels(directory, wheels);
  const missing = wheels.filter((wheel) => !present.has(wheel.sha256));
  if (missing.length > 0) await download(python, missing, directory, options);
  const complete = await verifiedWheels(directory, wheels);
  return wheels.map((wheel) => {
    const path = complete.get(wheel.sha256);
    if (path !== undefined) return path;
    throw new EngineRefusal(
      'HASH_MISMATCH',
      `What was downloaded for ${wheel.requirement} does not have the expected sha256 and was deleted. If your network replaces downloads, ask for an exception for the Python package registry, then run "node scripts/setup/engine.ts" again.`,
    );
  });
}

async function verifiedWheels(directory: string, wheels: Wheel[]): Promise<Map<string, string>> {
  const wanted = new Set(wheels.map((wheel) => wheel.sha256));
  const found = new Map<string, string>();
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    const sha256 = name.endsWith('.whl') ? await sha256OfFile(path) : '';
    if (wanted.has(sha256)) found.set(sha256, path);
    else await rm(path, { recursive: true, force: true });
  }
  return found;
}

async function download(
  python: string,
  wheels: Wheel[],
  directory: string,
  { signal, onBytes }: { signal?: AbortSignal; onBytes?: (done: number) => void },
): Promise<void> {
  const requirements = join(directory, 'requirements.txt');
  await writeFile(requirements, wheels.map((wheel) => `${wheel.requirement} --hash=sha256:${wheel.sha256}\n`).join(''));
  // pip unpacks and assembles in TMPDIR; beside the target the final move is a rename and the disk space is the one that was checked.
  const temporary = join(directory, 'tmp');
  await mkdir(temporary, { recursive: true });
  const timer = setInterval(() => {
    void sizeOfTree(directory).then((bytes) => onBytes?.(bytes));
  }, 500);
  try {
    const result = await runCommand(
      python,
      [
        ...['-m', 'pip', 'download', '--no-deps', '--only-binary=:all:', '--require-hashes', ...wheelTarget],
        ...['--no-cache-dir', '--disable-pip-version-check', '--no-input', '--progress-bar=off'],
        ...['--retries=3', '--timeout=30', '--dest', directory, '-r', requirements],
      ],
      { signal, environment: { ...process.env, TMPDIR: temporary } },
    );
    signal?.throwIfAborted();
    if (result.exitCode !== 0) throw explainPip(result.errors + result.output);
  } finally {
    clearInterval(timer);
    await rm(temporary, { recursive: true, force: true });
    await rm(requirements, { force: true });
  }
}

/** Turns pip's own words into a refusal; its last line is kept, since it names the package and the cause. */
function explainPip(text: string): Error {
  const detail = lastLine(text.replaceAll(/https?:\/\/\S+/g, 'the package registry'));
  if (/No space left on device|Errno 28|Disk quota/.test(text)) {
    return Object.assign(new Error('The disk is full.'), { code: 'ENOSPC' });
  }
  if (/DO NOT MATCH THE HASHES|HashMismatch/i.test(text)) {
    return new EngineRefusal(
      'HASH_MISMATCH',
      `A downloaded package does not have the expected sha256 and was not used: ${detail}. Nothing was installed from it.`,
    );
  }
  if (
    /Connection|NewConnectionError|Max retries|timed out|Name or service|Temporary failure|ProxyError|SSLError/i.test(
      text,
    )
  ) {
    return new EngineRefusal(
      'NO_NETWORK',
      `pip could not reach the Python package registry: ${detail}. Connect once, or point pip at your hospital's mirror (pip config set global.index-url ADDRESS), then run "node scripts/setup/engine.ts".`,
    );
  }
  return new EngineRefusal(
    'DOWNLOAD_FAILED',
    `pip could not download TensorFlow: ${detail}. Run "node scripts/setup/engine.ts" again.`,
  );
}

async function sizeOfTree(directory: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => [])) {
    if (!entry.isFile()) continue;
    bytes += (await stat(join(entry.parentPath, entry.name)).catch(() => ({ size: 0 }))).size;
  }
  return bytes;
}
