import { Command, CommanderError } from 'commander';
import { backendOptionVariable } from '../app/backendPreference.ts';
import { softwareVersion } from '../platform/version.ts';
import type { CommandAdder } from './command.ts';
import { addDataCommands } from './dataCommands.ts';
import { addFindingsCommands } from './findingsCommands.ts';
import { addFigureCommands } from './figureCommands.ts';
import { addModelCommands } from './modelCommands.ts';
import { addModelFileCommands } from './modelFileCommands.ts';
import { createOutput, exitCodes, reportFailure, reportWrongUsage } from './output.ts';
import { addRangeTestCommand } from './rangeTestCommand.ts';
import { addPredictCommand, addReviewCommands } from './reviewCommands.ts';
import { addSearchCommands } from './searchCommands.ts';
import { addSplitCommands } from './splitCommands.ts';
import { addStudyCommand } from './studyCommand.ts';
import { addToolCommands } from './toolCommands.ts';

/**
 * Runs one command; the answer is the exit code: 0 done, 1 failed, 2 wrong usage, 3 input refused. `unread` says that nobody reads
 * the output any more, which ends the command like Ctrl-C.
 */
export async function runCommandLine(argv: string[], unread = new AbortController().signal): Promise<number> {
  const interrupt = new AbortController();
  const signal = AbortSignal.any([interrupt.signal, unread]);
  let exitCode: number = exitCodes.done;
  const onSignal = () => {
    // A second Ctrl-C does not wait for anything.
    if (interrupt.signal.aborted) process.exit(130);
    interrupt.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);

  const program = new Command('parenchyma')
    .description(
      'Retrain and evaluate a CT classifier on your own images, offline. For research use. Not a medical device.',
    )
    .version(softwareVersion)
    .exitOverride()
    .showHelpAfterError('(add --help for the options)');

  const adder: CommandAdder = {
    add(usage, description, options, action) {
      const command = program.command(usage).description(description).exitOverride();
      for (const option of options) command.addOption(option);
      command.option('--json', 'one JSON document, or JSON lines for progress');
      command.action(async (...received: unknown[]) => {
        const values = received.slice(0, -2);
        const given = received.at(-2) as { json?: boolean; backend?: string };
        const json = given.json === true;
        if (given.backend !== undefined) process.env[backendOptionVariable] = given.backend;
        try {
          const code = await action({ output: createOutput(json), signal }, given as never, ...(values as never));
          exitCode = code ?? exitCodes.done;
        } catch (error) {
          exitCode = unread.aborted ? exitCodes.failed : reportFailure(error, json);
        }
      });
    },
  };
  addDataCommands(adder);
  addSplitCommands(adder);
  addFindingsCommands(adder);
  addModelCommands(adder);
  addRangeTestCommand(adder);
  addSearchCommands(adder);
  addStudyCommand(adder);
  addModelFileCommands(adder);
  addFigureCommands(adder);
  addPredictCommand(adder);
  addReviewCommands(adder);
  addToolCommands(adder);

  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help and version asked for are no error.
    if (error.exitCode === 0) return exitCodes.done;
    if (argv.includes('--json')) reportWrongUsage(error.message);
    return exitCodes.wrongUsage;
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
  return exitCode;
}
