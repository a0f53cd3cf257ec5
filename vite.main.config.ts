import path from 'node:path';
import { defineConfig } from 'vite';

const source = (file: string): string => path.resolve(import.meta.dirname, 'src-main', file);

/**
 * Bundle of Electron's main process with its helpers, the compute process and the worker threads, into dist/main. Packages stay
 * outside: they carry native code and WebAssembly that they find beside themselves. All files lie in one folder two levels
 * below the root, as their sources do, because some find the root that way.
 */
export default defineConfig({
  publicDir: false,
  build: {
    ssr: true,
    outDir: 'dist/main',
    emptyOutDir: true,
    target: 'node24',
    minify: false,
    rolldownOptions: {
      input: {
        electron: source('electron/main.ts'),
        compute: source('compute/main.ts'),
        decodeWorker: source('library/worker.ts'),
        weightsWorker: source('compute/weights/worker.ts'),
        metricsWorker: source('evaluation/metricsWorker.ts'),
        reportWorker: source('report/reportWorker.ts'),
        'assemble-thread': source('compute/data/assemble-thread.ts'),
        'wasm-thread': source('compute/backends/wasm-thread.ts'),
        'webgpu-thread': source('compute/backends/webgpu/webgpu-thread.ts'),
      },
      external: (id) => !id.startsWith('.') && !path.isAbsolute(id),
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunk-[name].js' },
    },
  },
});
