/** The test stages that `npm test` and `npm run check` share. */
import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { ensureBrowser } from './setup/browser.ts';
import { ensureRenderer } from './setup/renderer.ts';
import { announce, conclude, root, runNode, stage } from './stages.ts';
import {
  addCounts,
  countPlaywright,
  countVitest,
  noTests,
  reconcile,
  summaryLine,
  type TestCounts,
} from './testCounts.ts';

const vitestProjects = ['unit', 'renderer', 'contract', 'integration'] as const;
export const testStageNames = [...vitestProjects, 'e2e'] as const;
export type TestStageName = (typeof testStageNames)[number];

const reports = path.join(root, 'test-results');

async function readReport(file: string): Promise<unknown> {
  return JSON.parse(await readFile(file, 'utf8'));
}

/** Counts from the runner's report; a runner that died before writing one has failed. */
async function countsFrom(file: string, count: (report: unknown) => TestCounts, exitCode: number): Promise<TestCounts> {
  try {
    return reconcile(count(await readReport(file)), exitCode);
  } catch {
    return { ...noTests, failed: 1 };
  }
}

async function runVitest(project: (typeof vitestProjects)[number]): Promise<TestCounts> {
  const file = path.join(reports, `${project}.json`);
  await rm(file, { force: true });
  const { exitCode } = await stage(`${project} tests`, 'node_modules/vitest/vitest.mjs', [
    'run',
    ...['--project', project],
    '--passWithNoTests',
    ...['--reporter=default', '--reporter=json', `--outputFile.json=${file}`],
  ]);
  return countsFrom(file, countVitest, exitCode);
}

const playwright = 'node_modules/@playwright/test/cli.js';

/** How many tests were not run, for the summary, when there is no browser to run them in. */
async function countUnrunBrowserTests(): Promise<number> {
  const file = path.join(reports, 'e2e-list.json');
  await runNode(playwright, ['test', '--list', '--reporter=json'], {
    quiet: true,
    environment: { PLAYWRIGHT_JSON_OUTPUT_NAME: file },
  });
  const listed = await readReport(file).catch(() => null);
  return (JSON.stringify(listed).match(/"ok":/g) ?? []).length || 1;
}

async function runBrowserTests(): Promise<TestCounts> {
  announce('browser');
  const browser = await ensureBrowser((line) => console.log(`browser: ${line}`));
  if (browser.kind === 'missing') {
    const skipped = await countUnrunBrowserTests();
    console.log(`end-to-end tests: ${skipped} skipped, because there is no browser: ${browser.reason}`);
    return { ...noTests, skipped };
  }
  const built = await ensureRenderer((line) => console.log(`interface: ${line}`));
  if (built.kind === 'failed') {
    console.log(`interface: the build failed:\n${built.reason}`);
    return { ...noTests, failed: 1 };
  }
  const file = path.join(reports, 'e2e.json');
  await rm(file, { force: true });
  const { exitCode } = await stage(
    'end-to-end tests',
    playwright,
    ['test', '--reporter=list,json', '--pass-with-no-tests'],
    { environment: { PLAYWRIGHT_JSON_OUTPUT_NAME: file, PARENCHYMA_CHROMIUM: browser.path } },
  );
  return countsFrom(file, countPlaywright, exitCode);
}

/** Sets the engine up and runs the named stages in order; prints the sum as the last line. Gives the exit code. */
export async function runTestStages(wanted: readonly TestStageName[]): Promise<number> {
  const started = performance.now();
  await mkdir(reports, { recursive: true });
  if (wanted.some((name) => name === 'integration' || name === 'e2e' || name === 'unit')) {
    // Without the native engine the tests go on, and those that need it say that they are skipped.
    await stage('engine', 'scripts/setup/engine.ts');
  }
  let total = noTests;
  for (const name of wanted) {
    total = addCounts(total, name === 'e2e' ? await runBrowserTests() : await runVitest(name));
  }
  conclude('all tests', { exitCode: total.failed === 0 ? 0 : 1, seconds: (performance.now() - started) / 1000 });
  console.log(`\n${summaryLine(total)}`);
  return total.failed === 0 ? 0 : 1;
}
