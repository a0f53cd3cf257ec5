import { readFile } from 'node:fs/promises';
import { runCommand } from './command.ts';

/** The NVIDIA driver's version, or null where there is none. */
export async function nvidiaDriver(signal?: AbortSignal): Promise<string | null> {
  const asked = await runCommand('nvidia-smi', ['--query-gpu=driver_version', '--format=csv,noheader'], {
    signal,
    timeoutMilliseconds: 20_000,
  });
  if (asked.exitCode === 0) return asked.output.trim().split('\n')[0]?.trim() || null;
  const kernelModule = await readFile('/proc/driver/nvidia/version', 'utf8').catch(() => null);
  return kernelModule === null ? null : (/\s(\d+\.\d+(\.\d+)?)\s/.exec(kernelModule)?.[1] ?? 'unknown');
}
