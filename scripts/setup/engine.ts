/** `node scripts/setup/engine.ts`: installs the native TensorFlow engine, or says why this machine goes on with wasm. */
import { ensureEngine } from '../../src-main/engine/index.ts';

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
