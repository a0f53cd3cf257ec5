/** `npm test [-- STAGE…]`: set-up, then unit, renderer, contract, integration and end-to-end tests, or only the named stages. */
import { runTestStages, testStageNames, type TestStageName } from './testStages.ts';

const asked = process.argv.slice(2);
const isStage = (name: string): name is TestStageName => testStageNames.some((stage) => stage === name);
const unknown = asked.filter((name) => !isStage(name));
if (unknown.length > 0) {
  console.error(`There is no test stage "${unknown.join('", "')}". Stages: ${testStageNames.join(', ')}.`);
  process.exitCode = 2;
} else {
  process.exitCode = await runTestStages(asked.length > 0 ? asked.filter(isStage) : testStageNames);
}
