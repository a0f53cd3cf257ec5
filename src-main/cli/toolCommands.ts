import { Option } from 'commander';
import type { CommandAdder } from './command.ts';
import { describeDiagnosis } from './describeDiagnosis.ts';
import { addInspectCommand } from './inspectCommand.ts';
import { backendOption, numberOption, resolveProject, withApplication } from './options.ts';
import { exitCodes } from './output.ts';

/** doctor, inspect, serve. */
export function addToolCommands(commands: CommandAdder): void {
  commands.add<[], object>(
    'doctor',
    'what computes here and why, and what is missing',
    [backendOption()],
    async ({ output }) => {
      const diagnosis = await withApplication((application) => application.diagnose());
      output.result(diagnosis, describeDiagnosis(diagnosis));
      return diagnosis.backend === 'none' ? exitCodes.failed : exitCodes.done;
    },
  );

  addInspectCommand(commands);

  commands.add<[], { project?: string; port: number; open?: boolean }>(
    'serve',
    'the interface on 127.0.0.1, for a browser here or at the end of an SSH tunnel',
    [
      new Option('--project <PROJECT>', 'project to open'),
      backendOption(),
      numberOption('--port <N>', 'port; 0 takes a free one', { least: 0, most: 65_535 }).default(0),
      new Option('--open', 'open the browser'),
    ],
    async ({ output, signal }, options) => {
      const { serve } = await import('../serve/serve.ts');
      const server = await serve({
        port: options.port,
        project: options.project ? resolveProject(options.project) : null,
        open: options.open === true,
      });
      output.line({ event: 'listening', address: server.address });
      output.say(`Parenchyma is open at ${server.address}\nOnly this machine can reach it. Ctrl-C ends it.`);
      await new Promise<void>((ended) => signal.addEventListener('abort', () => ended(), { once: true }));
      await server.close();
      output.line({ event: 'finished' });
    },
  );
}
