/**
 * A thread of the WebAssembly backend. The package makes its threads for browsers, from Blobs' addresses, which Node's
 * Worker does not take; this file stands in for them and runs the package's own code.
 */
import { createRequire } from 'node:module';
import { runInThisContext } from 'node:vm';

const require = createRequire(import.meta.url);
const folder = '@tensorflow/tfjs-backend-wasm/wasm-out';
const { wasmWorkerContents }: { wasmWorkerContents: string } = require(
  `${folder}/tfjs-backend-wasm-threaded-simd.worker.js`,
);
const engine = require.resolve(`${folder}/tfjs-backend-wasm-threaded-simd.js`);

// The host's first message carries the engine's script as a Blob; Node reads the same script from the package.
URL.createObjectURL = () => engine;
URL.revokeObjectURL = () => undefined;
Object.assign(globalThis, { require, __filename: engine, __dirname: import.meta.dirname });
// The package's text is the body of a string literal, where a line break has to be written out (as the package itself does it).
runInThisContext(wasmWorkerContents.replaceAll('\n', '\\n'), { filename: 'tfjs-backend-wasm-threaded-simd.worker.js' });
