/** PyTorch for the benchmark: by pip into an environment of its own below the user's cache, made once. */
import { spawnSync } from 'node:child_process';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { once, type WorkerCommand } from './contest.ts';

const cache = () =>
  join(
    process.env.PARENCHYMA_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'parenchyma'),
    'bench',
  );

/** Path of a Python that has torch and onnx. It can be deleted at any time. */
export async function ensureTorch(): Promise<string> {
  await mkdir(cache(), { recursive: true });
  const folder = join(cache(), 'torch');
  const python = join(folder, 'bin/python');
  if (existsSync(join(folder, 'complete'))) return python;
  console.error(`Installing PyTorch with pip into ${folder} (once); --python PATH uses one that is there.`);
  rmSync(folder, { recursive: true, force: true });
  const pip = [python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'] as const;
  for (const [program, ...args] of [
    ['python3', '-m', 'venv', folder],
    [...pip, 'torch', 'numpy', 'onnx'],
  ] as [string, ...string[]][]) {
    const { status } = spawnSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
    if (status !== 0) throw new Error('PyTorch could not be installed with pip.');
  }
  await mkdir(join(folder, 'complete'));
  return python;
}

export function torchWorker(python: string, ...args: string[]): WorkerCommand {
  return { program: python, args: [join(import.meta.dirname, 'torch_worker.py'), ...args], environment: process.env };
}

/** The network as PyTorch exports it, with random weights, for onnxruntime. */
export async function ensureOnnx(python: string, architecture: string): Promise<string> {
  await mkdir(cache(), { recursive: true });
  const path = join(cache(), `${architecture}.onnx`);
  if (existsSync(path)) return path;
  console.error(`Exporting ${architecture} as ONNX for onnxruntime (once).`);
  await once(torchWorker(python, architecture, 'none', 'contiguous', 'float32'), 'export', `${path}.tmp`);
  renameSync(`${path}.tmp`, path);
  return path;
}
