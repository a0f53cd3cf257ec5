import { ensureEngine, type EngineInstallation } from '../../src-main/engine/index.ts';

/** Installs the native engine where it is not, with progress and outcome on the terminal; Ctrl-C cancels. */
export async function setUpEngine(): Promise<EngineInstallation['engine']> {
  const cancel = new AbortController();
  process.once('SIGINT', () => cancel.abort());
  process.once('SIGTERM', () => cancel.abort());

  let lastLine = '';
  const { engine, refusals } = await ensureEngine({
    signal: cancel.signal,
    report({ done, total, message }) {
      const share = total === null || done === 0 ? '' : ` ${Math.min(100, Math.floor((10 * done) / total) * 10)} %`;
      if (message + share !== lastLine) console.log(`engine: ${message}${share}`);
      lastLine = message + share;
    },
  });
  for (const refusal of refusals) console.log(`engine: no ${refusal.backend} (${refusal.code}): ${refusal.reason}`);
  console.log(
    engine === null
      ? 'engine: no native engine; training falls back to WebAssembly, which is many times slower.'
      : `engine: TensorFlow ${engine.version} (${engine.gpu ? 'NVIDIA GPU' : 'CPU'}) at ${engine.directory}`,
  );
  return engine;
}
