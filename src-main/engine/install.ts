import { mkdir, mkdtemp, open, readdir, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobContext } from '../../src-shared/contract/progress.ts';
import type { BackendRefusal } from '../../src-shared/contract/training.ts';
import { syncFolder } from '../platform/files.ts';
import { buildBinding, stripLibraries } from './build.ts';
import {
  engineCacheDirectory,
  manifestName,
  readEngine,
  readStatus,
  writeStatus,
  type EngineManifest,
  type InstalledEngine,
} from './cache.ts';
import { nvidiaDriver } from './driver.ts';
import { withLock } from './lock.ts';
import { proveEngine } from './prove.ts';
import { extractWheels, findPython } from './python.ts';
import { engineKey, recipes, tensorflowVersion, type EngineRecipe, type EngineVariant } from './recipe.ts';
import { asRefusal, EngineRefusal } from './refusal.ts';
import { obtainWheels } from './wheels.ts';

/** The native engine of this machine, or why there is none. */
export interface EngineInstallation {
  /** Null where no native engine is installed; wasm is then what is left. */
  engine: {
    variant: EngineVariant;
    version: string;
    directory: string;
    /** Path of the Node-API addon. */
    binding: string;
    /** True when the proof ran on an NVIDIA GPU. */
    gpu: boolean;
  } | null;
  /** One for each native backend that cannot be had. */
  refusals: BackendRefusal[];
}

type Reporter = Partial<JobContext>;

/**
 * Sees to it that the best native engine this machine can have is installed. Never throws for what a machine lacks: the
 * refusal says what is missing, and the program goes on. A cancelled installation leaves the cache as it was.
 */
export async function ensureEngine(context: Reporter = {}): Promise<EngineInstallation> {
  const refusals: BackendRefusal[] = [];
  let engine: EngineInstallation['engine'] = null;
  const driver = await nvidiaDriver(context.signal);
  if (driver === null) {
    refusals.push(noDriver().forBackend('tensorflow-gpu'));
  } else {
    engine = await attempt('gpu', context, (refusal) => refusals.push(refusal.forBackend('tensorflow-gpu')));
    if (engine !== null && !engine.gpu) refusals.push(gpuUnusable(driver).forBackend('tensorflow-gpu'));
  }
  engine ??= await attempt('cpu', context, (refusal) => refusals.push(refusal.forBackend('tensorflow')));
  await writeStatus({ checkedAt: new Date().toISOString(), refusals }).catch(() => undefined);
  return { engine, refusals };
}

/** What is installed already, without installing anything. */
export async function locateEngine(): Promise<EngineInstallation> {
  const found = (await readEngine('gpu')) ?? (await readEngine('cpu'));
  const status = await readStatus();
  if (found === null) {
    const never = new EngineRefusal(
      'NOT_INSTALLED',
      'The native engine is not installed. Run "node scripts/setup/engine.ts" once while a network is there.',
    );
    const recorded = status?.refusals ?? [];
    const refusals = [...recorded];
    for (const backend of ['tensorflow-gpu', 'tensorflow'] as const) {
      if (!recorded.some((refusal) => refusal.backend === backend)) refusals.push(never.forBackend(backend));
    }
    return { engine: null, refusals };
  }
  const engine = describe(found.directory, found.manifest);
  const refusals = (status?.refusals ?? []).filter(
    (refusal) => refusal.backend === 'tensorflow-gpu' && !(engine.variant === 'gpu' && engine.gpu),
  );
  if (engine.variant === 'cpu' && refusals.length === 0) refusals.push(noDriver().forBackend('tensorflow-gpu'));
  return { engine, refusals };
}

const noDriver = () =>
  new EngineRefusal(
    'NO_DRIVER',
    'No NVIDIA driver was found (neither nvidia-smi nor /proc/driver/nvidia). With an NVIDIA card in this machine, install its driver (525 or newer), then run "node scripts/setup/engine.ts".',
  );

const gpuUnusable = (driver: string) =>
  new EngineRefusal(
    'PROOF_FAILED',
    `TensorFlow found no GPU that it can use with the NVIDIA driver ${driver}. CUDA 12 needs driver 525 or newer and a card of compute capability 6.0 or newer.`,
  );

async function attempt(
  variant: EngineVariant,
  context: Reporter,
  refuse: (refusal: EngineRefusal) => void,
): Promise<EngineInstallation['engine']> {
  try {
    const found = await readEngine(variant);
    if (found !== null) return describe(found.directory, found.manifest);
    const made = await install(recipes[variant], context);
    return describe(made.directory, made.manifest);
  } catch (error) {
    if (context.signal?.aborted) {
      refuse(new EngineRefusal('CANCELLED', 'The installation was cancelled; nothing was changed.', { cause: error }));
      return null;
    }
    const cause = asRefusal(error, engineCacheDirectory());
    if (!(cause instanceof EngineRefusal)) throw cause;
    refuse(cause);
    return null;
  }
}

function describe(directory: string, manifest: EngineManifest): NonNullable<EngineInstallation['engine']> {
  return {
    variant: manifest.variant,
    version: manifest.version,
    directory,
    binding: join(directory, 'binding', 'tfjs_binding.node'),
    gpu: manifest.gpu,
  };
}

async function install(recipe: EngineRecipe, context: Reporter): Promise<InstalledEngine> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new EngineRefusal(
      'PLATFORM',
      `Native TensorFlow ${tensorflowVersion} is set up on Linux with an x64 processor; this machine is ${process.platform} ${process.arch}. Training runs on WebGPU or WebAssembly here, or in the browser shell of a Linux workstation ("npx parenchyma serve" and an SSH tunnel).`,
    );
  }
  const cache = engineCacheDirectory();
  await mkdir(cache, { recursive: true });
  const key = engineKey(recipe.variant);
  const waiting = () => say(context, 'waiting', 0, null, 'Another installation is at work; waiting for it.');
  return withLock(join(cache, `${key}.lock`), { signal: context.signal, onWait: waiting }, async () => {
    const found = await readEngine(recipe.variant);
    if (found !== null) return found;
    await removeLeftovers(cache, key);
    await checkSpace(cache, recipe);
    const draft = await mkdtemp(join(cache, `${key}.part-`));
    try {
      const manifest = await build(recipe, draft, join(cache, `downloads-${recipe.variant}`), context);
      const directory = join(cache, key);
      await rm(directory, { recursive: true, force: true });
      await rename(draft, directory);
      await syncFolder(cache);
      await rm(join(cache, `downloads-${recipe.variant}`), { recursive: true, force: true });
      return { directory, manifest };
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  });
}

async function build(
  recipe: EngineRecipe,
  draft: string,
  downloads: string,
  context: Reporter,
): Promise<EngineManifest> {
  const { signal } = context;
  const totalBytes = recipe.wheels.reduce((sum, wheel) => sum + wheel.bytes, 0) || null;
  const python = await findPython(signal);
  const onBytes = (done: number) =>
    say(context, 'download', done, totalBytes, `Downloading TensorFlow ${recipe.version} (${recipe.variant}).`);
  onBytes(0);
  const wheels = await obtainWheels(python, recipe.wheels, downloads, { signal, onBytes });
  say(context, 'unpack', 0, null, 'Unpacking TensorFlow.');
  const site = join(draft, 'site');
  await extractWheels(python, { wheels, keep: recipe.keep, into: site, capBytes: recipe.diskBytes }, signal);
  const libraries = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'].map((name) =>
    join(site, 'tensorflow', name),
  );
  await stripLibraries(libraries, signal);
  say(context, 'build', 0, null, 'Building the binding.');
  await buildBinding(draft, signal);
  say(context, 'prove', 0, null, 'Proving the engine with a convolution gradient.');
  const proof = await proveEngine(join(draft, 'binding', 'tfjs_binding.node'), signal);
  await rm(join(site, 'tensorflow', 'include'), { recursive: true, force: true });
  const manifest: EngineManifest = {
    version: proof.version,
    variant: recipe.variant,
    gpu: proof.gpu,
    wheels: recipe.wheels.map(({ requirement, sha256 }) => ({ requirement, sha256 })),
    installedAt: new Date().toISOString(),
  };
  await writeFile(join(draft, manifestName), `${JSON.stringify(manifest, null, 2)}\n`);
  await syncTree(draft);
  return manifest;
}

/** What an installation that was killed left behind: half-made folders of this key. The lock is held, so nobody uses them. */
async function removeLeftovers(cache: string, key: string): Promise<void> {
  for (const name of await readdir(cache)) {
    if (name.startsWith(`${key}.part-`)) await rm(join(cache, name), { recursive: true, force: true });
  }
}

async function checkSpace(cache: string, recipe: EngineRecipe): Promise<void> {
  const space = await statfs(cache);
  const free = space.bavail * space.bsize;
  if (free >= recipe.diskBytes) return;
  const gigabytes = (bytes: number) => (bytes / 1e9).toFixed(1);
  throw new EngineRefusal(
    'DISK_FULL',
    `Installing the native engine needs ${gigabytes(recipe.diskBytes)} GB at ${cache}; ${gigabytes(free)} GB are free. Free some space, or set PARENCHYMA_CACHE to a folder on a larger disk, and run "node scripts/setup/engine.ts" again.`,
  );
}

async function syncTree(directory: string): Promise<void> {
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = await open(join(entry.parentPath, entry.name), 'r');
    await file.sync().finally(() => file.close());
  }
}

function say(context: Reporter, phase: string, done: number, total: number | null, message: string): void {
  context.report?.({ phase, done, total, rate: null, etaSeconds: null, message });
}
