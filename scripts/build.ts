/** `npm run build`: the interface into dist/renderer, Electron's main process and preload into dist/main. */
import { ensureRenderer } from './setup/renderer.ts';
import { stage } from './stages.ts';

const vite = 'node_modules/vite/bin/vite.js';
const quietly = ['--logLevel', 'warn'];

async function build(): Promise<number> {
  const built = await ensureRenderer((line) => console.log(`interface: ${line}`));
  if (built.kind === 'failed') {
    console.error(`interface: the build failed.\n${built.reason}`);
    return 1;
  }
  for (const config of ['vite.main.config.ts', 'vite.preload.config.ts']) {
    const { exitCode } = await stage(config, vite, ['build', '--config', config, ...quietly]);
    if (exitCode !== 0) return exitCode;
  }
  return 0;
}

process.exitCode = await build();
