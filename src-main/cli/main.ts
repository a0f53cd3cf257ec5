/** Entry 3: `parenchyma COMMAND`. */
import { endWithLauncher } from '../platform/endWithLauncher.ts';
import { runCommandLine } from './commandLine.ts';
import { whenUnread } from './whenUnread.ts';

endWithLauncher();
process.exitCode = await runCommandLine(process.argv.slice(2), whenUnread(process.stdout, process.stderr));
