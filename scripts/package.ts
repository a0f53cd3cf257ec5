/** `npm run package [-- --linux dir …]`: builds, then packs installers with electron-builder; arguments go to it as they are. */
import { runNode, stage } from './stages.ts';

const built = await runNode('scripts/build.ts');
if (built.exitCode !== 0) process.exitCode = built.exitCode;
else {
  const args = ['--publish', 'never', ...process.argv.slice(2)];
  process.exitCode = (await stage('electron-builder', 'node_modules/electron-builder/cli.js', args)).exitCode;
}
