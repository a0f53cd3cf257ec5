import type { CommandAdder } from './command.ts';
import { withProject } from './options.ts';
import { configurationFrom, trainOptions, type TrainOptions } from './trainOptions.ts';

/** Of a training, not of a test of rates. */
const withoutMeaning = new Set(['--resume', '--like', '--retry-smaller-batch', '--lr', '--epochs', '--early-stopping']);

/** range-test. */
export function addRangeTestCommand(commands: CommandAdder): void {
  commands.add<[string], TrainOptions>(
    'range-test <PROJECT>',
    'try growing learning rates for a hundred steps and suggest one; nothing is kept',
    trainOptions().filter((option) => !withoutMeaning.has(option.long ?? '')),
    async ({ output, signal }, options, project) => {
      const configuration = configurationFrom({ ...options, epochs: 1 });
      const result = await withProject(project, (session) =>
        session.testLearningRates(configuration, output.context(signal)),
      );
      const shown = result.points.filter((_, index) => index % 10 === 0 || index === result.points.length - 1);
      const table = shown.map(
        ({ learningRate, loss }) => `${learningRate.toExponential(1).padStart(9)}  ${loss.toFixed(3)}`,
      );
      const advice = result.suggestion === null ? '' : `\nUse: --lr ${result.suggestion}`;
      output.result(result, `     rate  smoothed loss\n${table.join('\n')}\n${result.words}${advice}`);
    },
  );
}
