/** `node scripts/setup/engine.ts`: installs the native TensorFlow engine, or says why this machine goes on with wasm. */
import { setUpEngine } from './setUpEngine.ts';

await setUpEngine();
