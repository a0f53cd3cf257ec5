/**
 * Finds Node 24, which runs this project's TypeScript as it stands. The npm package `node` pins it through a package per
 * platform, but puts it in place with an install script, and install scripts are switched off: so it is done here.
 * Plain JavaScript, for any Node from 18 on.
 */
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, linkSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const wantedMajor = 24;

export const isRunningNodeGood = () => Number(process.versions.node.split('.')[0]) >= wantedMajor;

function pinnedNode() {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const prefix = platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node';
  const file = process.platform === 'win32' ? 'node.exe' : 'node';
  const found = path.join(root, 'node_modules', `${prefix}-${platform}-${process.arch}`, 'bin', file);
  return existsSync(found) ? found : null;
}

/** Makes node_modules/node/bin/node and node_modules/.bin/node, as the package's own install script would. */
function putInPlace(binary) {
  const directory = path.join(root, 'node_modules', 'node', 'bin');
  const target = path.join(directory, path.basename(binary));
  const command = path.join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
  try {
    mkdirSync(directory, { recursive: true });
    if (!existsSync(target)) linkOrCopy(binary, target);
    if (existsSync(command)) return;
    mkdirSync(path.dirname(command), { recursive: true });
    if (process.platform === 'win32') writeFileSync(command, `@"%~dp0\\..\\node\\bin\\node.exe" %*\r\n`);
    else {
      rmSync(command, { force: true });
      symlinkSync('../node/bin/node', command);
    }
  } catch {
    // A read-only checkout works without: the binary is started from its own package.
  }
}

function linkOrCopy(from, to) {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}

/** Path of a Node that is new enough; ends the program with an explanation where there is none. */
export function findNode() {
  const pinned = pinnedNode();
  if (pinned) putInPlace(pinned);
  if (isRunningNodeGood()) return process.execPath;
  if (pinned) return pinned;
  process.stderr.write(
    `Parenchyma needs Node ${wantedMajor} and this is Node ${process.versions.node}. ` +
      `${existsSync(path.join(root, 'node_modules')) ? 'The package that brings it is not there for this platform' : 'The packages are not installed'}.\n` +
      `Run "npm ci" in ${root}, or install Node ${wantedMajor} from nodejs.org and run this again.\n`,
  );
  process.exit(1);
}

/** Set for a script that shall end with this program, whatever ends it; src-main/platform/endWithLauncher.ts reads it. */
const boundVariable = 'PARENCHYMA_ENDS_WITH_LAUNCHER';

/**
 * Runs a script with Node 24 in place of this program: same terminal, signals passed on, same exit code. `kill -9` cannot be passed on:
 * a script that is `bound` has a channel to this program and ends when it closes.
 */
export function runInstead(script, args, { bound = false } = {}) {
  const stdio = ['inherit', 'inherit', 'inherit', ...(bound ? ['ipc'] : [])];
  const env = bound ? { ...process.env, [boundVariable]: '1' } : process.env;
  const child = spawn(findNode(), [script, ...args], { stdio, env });
  // Ctrl-C on a terminal reaches the child by itself; a second copy would count as "stop at once".
  const signals = process.stdin.isTTY ? ['SIGTERM', 'SIGHUP'] : ['SIGTERM', 'SIGHUP', 'SIGINT'];
  const pass = (signal) => child.kill(signal);
  for (const signal of signals) process.on(signal, pass);
  if (process.stdin.isTTY) process.on('SIGINT', () => undefined);
  child.on('error', (error) => {
    process.stderr.write(`${script} could not be started: ${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    for (const name of ['SIGINT', ...signals]) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  });
}
