import vue from '@vitejs/plugin-vue';
import path from 'node:path';
import { defineConfig } from 'vite';

/**
 * The renderer's build. Addresses are relative, so that one build serves `http://127.0.0.1:PORT/` and `app://parenchyma/`.
 * During development `PARENCHYMA_HOST` names the running loopback shell to which data requests are passed on.
 */
const host = process.env.PARENCHYMA_HOST;

export default defineConfig({
  root: path.resolve(import.meta.dirname, 'src-renderer'),
  base: './',
  plugins: [vue()],
  resolve: {
    alias: [
      // Cornerstone reaches vtk.js's XML readers, which die at run time in a bundle and read formats that are not shown here.
      {
        find: /^@kitware\/vtk\.js\/IO\/.*$/,
        replacement: path.resolve(import.meta.dirname, 'src-renderer/viewer/unusedVtkReader.ts'),
      },
    ],
  },
  worker: { format: 'es' },
  // Cornerstone names Node's modules in branches that a page never takes.
  build: {
    outDir: path.resolve(import.meta.dirname, 'dist/renderer'),
    emptyOutDir: true,
    target: 'es2023',
    chunkSizeWarningLimit: 4000,
    // Inlined files would need `data:` in the content security policy.
    assetsInlineLimit: 0,
    // The bundled packages' licences ask to be given along with them.
    license: { fileName: 'third-party-licences.md' },
  },
  server: host
    ? { proxy: Object.fromEntries(['/rpc', '/images', '/thumbnails', '/inputs', '/reports'].map((at) => [at, host])) }
    : {},
});
