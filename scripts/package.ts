/**
 * `npm run package [-- --linux dir …]`: builds, then packs installers with electron-builder; arguments go to it as they are. The
 * native engine of this machine goes into the package.
 */
import { packEngine } from '../src-main/engine/index.ts';
import { setUpEngine } from './setup/setUpEngine.ts';
import { runNode, stage } from './stages.ts';

const built = await runNode('scripts/build.ts');
if (built.exitCode !== 0) process.exitCode = built.exitCode;
else {
  const engine = await setUpEngine();
  await packEngine(engine, 'dist/engine');
  if (engine === null) console.log('package: without a native engine; it will use WebGPU or WebAssembly.');
  const args = ['--publish', 'never', ...process.argv.slice(2)];
  process.exitCode = (await stage('electron-builder', 'node_modules/electron-builder/cli.js', args)).exitCode;
}
