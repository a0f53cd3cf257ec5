/** `node src-main/serve/main.ts [--port N] [--project PROJECT] [--open]`: the command `parenchyma serve` by another door. */
import { runCommandLine } from '../cli/commandLine.ts';

process.exitCode = await runCommandLine(['serve', ...process.argv.slice(2)]);
