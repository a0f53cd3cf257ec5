/** `npm run check`: everything a change must pass. Formatting, lint and types of host and interface, then all tests. */
import { stage } from './stages.ts';
import { runTestStages, testStageNames } from './testStages.ts';

const checks = [
  ['formatting', 'node_modules/prettier/bin/prettier.cjs', ['--check', '--log-level', 'warn', '.']],
  ['lint', 'node_modules/eslint/bin/eslint.js', ['.', '--max-warnings', '0']],
  ['types of the host', 'node_modules/typescript/bin/tsc', ['-p', '.']],
  ['types of the interface', 'node_modules/vue-tsc/bin/vue-tsc.js', ['-p', 'src-renderer', '--noEmit']],
] as const;

const failed: string[] = [];
for (const [name, script, args] of checks) {
  if ((await stage(name, script, args)).exitCode !== 0) failed.push(name);
}
const testsExitCode = await runTestStages(testStageNames);
if (failed.length > 0) console.error(`Not in order: ${failed.join(', ')}.`);
process.exitCode = failed.length > 0 ? 1 : testsExitCode;
