import path from 'node:path';
import { defineConfig } from 'vite';

/** A sandboxed preload script has no module loader: one CommonJS file, next to the main process's bundle. */
export default defineConfig({
  publicDir: false,
  build: {
    ssr: true,
    outDir: 'dist/main',
    emptyOutDir: false,
    minify: false,
    rolldownOptions: {
      input: { preload: path.resolve(import.meta.dirname, 'src-main/electron/preload.ts') },
      external: ['electron'],
      output: { format: 'cjs', entryFileNames: '[name].cjs' },
    },
  },
});
