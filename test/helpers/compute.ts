/** The native engine for tests: installed once per machine, then found in the user's cache. */
import { startTensorFlow, type NativeBackend } from '../../src-main/compute/backends/tensorflow.ts';
import { ensureEngine, type EngineInstallation } from '../../src-main/engine/index.ts';

export async function installedEngine(): Promise<EngineInstallation> {
  const installation = await ensureEngine();
  if (installation.engine === null) {
    const reasons = installation.refusals.map(({ backend, reason }) => `${backend}: ${reason}`).join('\n');
    throw new Error(`These tests need the native engine, and it cannot be had here:\n${reasons}`);
  }
  return installation;
}

let started: NativeBackend | null = null;

/** TensorFlow in the test's own process, for tests that look at operations and networks directly. */
export async function nativeBackend(): Promise<NativeBackend> {
  const { engine } = await installedEngine();
  started ??= startTensorFlow('tensorflow', engine!.binding);
  return started;
}
