/** Finds a Chromium for the end-to-end tests, or obtains one. `node scripts/setup/browser.ts` prints which. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { runNode, runProgram } from '../stages.ts';

export type Browser = { kind: 'found'; path: string } | { kind: 'missing'; reason: string };

const commands = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge'];

function installedPaths(environment: NodeJS.ProcessEnv): string[] {
  const folders = (environment.PATH ?? '').split(path.delimiter).filter(Boolean);
  const onPath =
    process.platform === 'win32' ? [] : commands.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  const windows = [environment.PROGRAMFILES, environment['PROGRAMFILES(X86)'], environment.LOCALAPPDATA]
    .filter((folder) => folder !== undefined)
    .flatMap((folder) => [
      path.join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe'),
      path.join(folder, 'Microsoft', 'Edge', 'Application', 'msedge.exe'),
    ]);
  const mac = [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ];
  return [...onPath, ...(process.platform === 'win32' ? windows : []), ...(process.platform === 'darwin' ? mac : [])];
}

/** Candidates in the order of preference: named by the user, Playwright's own, the machine's. */
export function browserCandidates(environment: NodeJS.ProcessEnv = process.env): string[] {
  const named = [environment.PARENCHYMA_CHROMIUM, environment.CHROME_PATH].filter((one): one is string => Boolean(one));
  return [...named, chromium.executablePath(), ...installedPaths(environment)].filter((one) => existsSync(one));
}

/** Some distributions put a script in the place of Chromium that only says how to install it. */
async function firstThatRuns(candidates: readonly string[]): Promise<string | null> {
  for (const candidate of candidates) {
    const { exitCode } = await runProgram(candidate, ['--version'], { quiet: true, limitSeconds: 30 });
    if (exitCode === 0) return candidate;
  }
  return null;
}

const lastLine = (output: string): string => output.trim().split('\n').at(-1)?.trim() ?? '';

async function install(say: (line: string) => void): Promise<string[]> {
  const refusals: string[] = [];
  say('none found; asking Playwright for Chromium (3 minutes at most)');
  const playwright = await runNode('node_modules/playwright-core/cli.js', ['install', 'chromium'], {
    quiet: true,
    limitSeconds: 180,
  });
  if (playwright.exitCode === 0) return [];
  refusals.push(
    `Playwright's download ${playwright.timedOut ? 'took too long' : `failed (${lastLine(playwright.output)})`}`,
  );
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return [...refusals, 'apt-get needs Linux and root'];
  say('asking apt-get for chromium (5 minutes at most)');
  await runProgram('apt-get', ['update', '-q'], { quiet: true, limitSeconds: 120 });
  const apt = await runProgram('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'chromium'], {
    quiet: true,
    limitSeconds: 300,
    environment: { DEBIAN_FRONTEND: 'noninteractive' },
  });
  return apt.exitCode === 0 ? [] : [...refusals, `apt-get failed (${lastLine(apt.output)})`];
}

export async function ensureBrowser(say: (line: string) => void): Promise<Browser> {
  const found = await firstThatRuns(browserCandidates());
  if (found) {
    say(found);
    return { kind: 'found', path: found };
  }
  const refusals = await install(say);
  const installed = await firstThatRuns(browserCandidates());
  if (installed) {
    say(installed);
    return { kind: 'found', path: installed };
  }
  const reason = `${refusals.join('; ') || 'what was installed does not start'}. Install Chromium or Chrome, or name one in PARENCHYMA_CHROMIUM.`;
  return { kind: 'missing', reason };
}

if (import.meta.main) {
  const browser = await ensureBrowser((line) => console.log(`browser: ${line}`));
  if (browser.kind === 'missing') console.log(`browser: none. ${browser.reason}`);
}
