/** Entry 3: `parenchyma COMMAND`. */
import { runCommandLine } from './commandLine.ts';
import { whenUnread } from './whenUnread.ts';

process.exitCode = await runCommandLine(process.argv.slice(2), whenUnread(process.stdout, process.stderr));
