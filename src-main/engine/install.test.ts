import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ensureEngine, locateEngine } from './install.ts';
import { engineKey } from './recipe.ts';

let folder: string;
let cache: string;

/** A stand-in for Python whose pip behaves as told; everything else of the installation is the real one. */
function pythonWhosePip(behaves: string): string {
  const path = join(folder, 'python');
  writeFileSync(
    path,
    `#!/bin/sh
case "$*" in
  "-m pip --version") exit 0 ;;
  "-m pip download"*) ${behaves} ;;
  *) exit 0 ;;
esac
`,
  );
  chmodSync(path, 0o755);
  return path;
}

async function refusalCode(): Promise<string | undefined> {
  const { engine, refusals } = await ensureEngine();
  expect(engine).toBeNull();
  const refusal = refusals.find(({ backend }) => backend === 'tensorflow');
  expect(refusal?.reason.length).toBeGreaterThan(40);
  return refusal?.code;
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parenchyma-install-'));
  cache = join(folder, 'cache');
  vi.stubEnv('PARENCHYMA_CACHE', cache);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

describe.runIf(process.platform === 'linux' && process.arch === 'x64')(
  'an installation that cannot succeed says why',
  () => {
    it('without Python', async () => {
      vi.stubEnv('PARENCHYMA_PYTHON', join(folder, 'nowhere'));
      expect(await refusalCode()).toBe('NO_PYTHON');
    });

    it('without pip', async () => {
      const path = pythonWhosePip('exit 1');
      writeFileSync(path, '#!/bin/sh\ncase "$*" in "-m pip"*) exit 1 ;; *) exit 0 ;; esac\n');
      vi.stubEnv('PARENCHYMA_PYTHON', path);
      expect(await refusalCode()).toBe('NO_PIP');
    });

    it.each([
      ['NO_NETWORK', 'echo "Max retries exceeded: Temporary failure in name resolution" >&2; exit 1'],
      ['DISK_FULL', 'echo "OSError: [Errno 28] No space left on device" >&2; exit 1'],
      ['HASH_MISMATCH', 'echo "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES" >&2; exit 1'],
      ['DOWNLOAD_FAILED', 'echo "ERROR: something else" >&2; exit 1'],
    ])('%s, in pip’s case', async (code, behaves) => {
      vi.stubEnv('PARENCHYMA_PYTHON', pythonWhosePip(behaves));
      expect(await refusalCode()).toBe(code);
    });

    it('a download with another hash is deleted, and nothing half-made is left', async () => {
      const downloads = join(cache, 'engine', 'downloads-cpu');
      vi.stubEnv('PARENCHYMA_PYTHON', pythonWhosePip(`echo forged > "${downloads}/forged.whl"; exit 0`));
      expect(await refusalCode()).toBe('HASH_MISMATCH');
      expect(readdirSync(downloads)).toEqual([]);
      expect(readdirSync(join(cache, 'engine')).sort()).toEqual(['downloads-cpu', 'status.json']);
    });

    it('a cache that is no folder', async () => {
      writeFileSync(cache, 'a file');
      expect(await refusalCode()).toBe('CACHE_UNWRITABLE');
    });

    it('a cancelled installation leaves the cache as it was', async () => {
      vi.stubEnv('PARENCHYMA_PYTHON', pythonWhosePip('exec sleep 60'));
      const cancel = new AbortController();
      setTimeout(() => cancel.abort(), 300);
      const { engine, refusals } = await ensureEngine({ signal: cancel.signal });
      expect(engine).toBeNull();
      expect(refusals.find(({ backend }) => backend === 'tensorflow')?.code).toBe('CANCELLED');
      expect(
        readdirSync(join(cache, 'engine')).filter((name) => name.includes('.part-') || name.endsWith('.lock')),
      ).toEqual([]);
    });

    it('leftovers of a killed installation are removed by the next', async () => {
      const leftover = join(cache, 'engine', `${engineKey('cpu')}.part-abc`);
      mkdirSync(leftover, { recursive: true });
      vi.stubEnv('PARENCHYMA_PYTHON', pythonWhosePip('exit 1'));
      await ensureEngine();
      expect(existsSync(leftover)).toBe(false);
    });
  },
);

describe('what is known without installing', () => {
  it('is that nothing is installed, with the reason of the last attempt', async () => {
    expect((await locateEngine()).refusals.map(({ code }) => code)).toEqual(['NOT_INSTALLED', 'NOT_INSTALLED']);
    vi.stubEnv('PARENCHYMA_PYTHON', join(folder, 'nowhere'));
    await ensureEngine();
    const { refusals } = await locateEngine();
    expect(refusals.find(({ backend }) => backend === 'tensorflow')?.code).not.toBe('NOT_INSTALLED');
    expect(JSON.parse(readFileSync(join(cache, 'engine', 'status.json'), 'utf8'))).toHaveProperty('refusals');
  });
});
