/**
 * `npm start [-- --electron | --browser] [--port N] [--project PROJECT]`: sets the engine up, builds the interface when it has
 * changed, and opens the window: Electron where its program is there, else the loopback shell in the machine's browser.
 */
import { parseArgs } from 'node:util';
import { ensureElectron } from './setup/electron.ts';
import { ensureRenderer } from './setup/renderer.ts';
import { root, runNode, runProgram } from './stages.ts';

const usage = 'Usage: npm start [-- --electron | --browser] [--port N] [--project PROJECT]';

function readOptions(): { electron: boolean; browser: boolean; port?: string; project?: string } | null {
  try {
    const { values } = parseArgs({
      options: {
        electron: { type: 'boolean', default: false },
        browser: { type: 'boolean', default: false },
        port: { type: 'string' },
        project: { type: 'string' },
      },
    });
    return values;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
    return null;
  }
}

/** Why a window cannot be opened here, or null. */
function noScreen(environment: NodeJS.ProcessEnv = process.env): string | null {
  if (process.platform !== 'linux' || environment.DISPLAY || environment.WAYLAND_DISPLAY) return null;
  return 'this session has no screen (neither DISPLAY nor WAYLAND_DISPLAY is set)';
}

async function openElectron(binary: string, project: string | undefined): Promise<number | string> {
  const built = await runNode('scripts/build.ts', [], { quiet: true });
  if (built.exitCode !== 0) return `the program for Electron could not be built:\n${built.output.trim()}`;
  // Chromium's sandbox refuses to run as root; without it the page would be unprotected, so root gets the browser.
  if (process.platform === 'linux' && process.getuid?.() === 0) return 'Electron does not run its sandbox as root';
  const { exitCode } = await runProgram(binary, [root, ...(project ? ['--project', project] : [])]);
  return exitCode;
}

async function start(): Promise<number> {
  const options = readOptions();
  if (!options) return 2;
  await runNode('scripts/setup/engine.ts');
  const interfaceBuild = await ensureRenderer((line) => console.log(`interface: ${line}`));
  if (interfaceBuild.kind === 'failed') {
    console.error(`interface: the build failed. Nothing was opened.\n${interfaceBuild.reason}`);
    return 1;
  }
  const screenless = noScreen();
  let reason = options.browser ? 'the browser was asked for' : screenless;
  if (!reason) {
    const electron = await ensureElectron((line) => console.log(`electron: ${line}`), options.electron);
    if (electron.kind === 'found') {
      const ended = await openElectron(electron.path, options.project);
      if (typeof ended === 'number') return ended;
      reason = ended;
    } else reason = electron.reason;
  }
  console.log(`window: the browser instead of Electron, because ${reason}.`);
  const serveArgs = [
    ...(options.port ? ['--port', options.port] : []),
    ...(options.project ? ['--project', options.project] : []),
    ...(screenless ? [] : ['--open']),
  ];
  return (await runNode('src-main/serve/main.ts', serveArgs)).exitCode;
}

process.exitCode = await start();
