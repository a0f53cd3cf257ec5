import { spawn, type StdioOptions } from 'node:child_process';
import { join } from 'node:path';
import type { TrialFile } from '../../src-shared/contract/search.ts';
import { createComputeClient, locateEngine, type ForkCompute } from '../engine/index.ts';
import { runTrial, type StartedTrial, type TrialExecutor } from '../training/search/index.ts';
import { expectCompute } from './computeFailures.ts';

/** How long a trial that was told to stop may take to write its checkpoint before it is killed. */
const graceMilliseconds = 30_000;

/** Carries out the trial of a folder in this process, with a compute process of its own. */
export async function carryOutTrial(directory: string, forkCompute: ForkCompute, signal: AbortSignal) {
  let close = async (): Promise<void> => undefined;
  try {
    const trainer = async (trial: TrialFile) => {
      const threads = trial.threads === null ? {} : threadVariables(trial.threads);
      const client = createComputeClient({
        fork: (environment) => forkCompute({ ...environment, ...threads }),
        engine: await locateEngine(),
        backends: [trial.backend],
      });
      close = () => client.close();
      return expectCompute(client);
    };
    return await runTrial(directory, { trainer, now: () => new Date().toISOString() }, signal);
  } finally {
    await close();
  }
}

/** Read by TensorFlow and by this program's own kernels when their process begins. */
function threadVariables(threads: number): Record<string, string> {
  return { TF_NUM_INTRAOP_THREADS: String(threads), PARENCHYMA_WASM_THREADS: String(threads) };
}

/** Trials as child processes of this one: `parenchyma trial DIRECTORY`. They end when this process does. */
export function trialProcesses(): TrialExecutor {
  const command = join(import.meta.dirname, '../cli/main.ts');
  return childProcesses((directory) => [command, 'trial', directory]);
}

/** Each trial as a Node process with these arguments. */
export function childProcesses(argumentsFor: (directory: string) => string[]): TrialExecutor {
  return {
    start(directory): StartedTrial {
      const stdio: StdioOptions = ['ignore', 'ignore', 'ignore', 'ipc'];
      const child = spawn(process.execPath, argumentsFor(directory), { stdio });
      let grace: NodeJS.Timeout | null = null;
      const ended = new Promise<void>((resolve) => {
        // Not 'close': it never comes once the channel was closed from here.
        child.once('exit', () => resolve());
        child.once('error', () => {
          if (child.pid === undefined) resolve();
        });
      });
      return {
        ended: ended.finally(() => grace !== null && clearTimeout(grace)),
        stop() {
          if (child.exitCode !== null || child.signalCode !== null) return;
          // The trial takes the end of its channel for the wish to stop; signals do not exist everywhere.
          if (child.connected) child.disconnect();
          grace ??= setTimeout(() => child.kill('SIGKILL'), graceMilliseconds);
        },
      };
    },
  };
}

/** Trials from within this process, each with a compute process of its own: for Electron, whose binary starts no scripts. */
export function trialsInHost(forkCompute: ForkCompute): TrialExecutor {
  return {
    start(directory): StartedTrial {
      const stopping = new AbortController();
      const work = carryOutTrial(directory, forkCompute, stopping.signal);
      return {
        ended: work.then(
          () => undefined,
          () => undefined,
        ),
        stop: () => stopping.abort(),
      };
    },
  };
}
