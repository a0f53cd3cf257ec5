/** Runs workers of the benchmark in turn, round by round, so that whatever else the machine does meets all of them. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { z } from 'zod';

/** Time of a contestant: the sum over its parts of `count` × the median time of one step of the part. */
export interface Contestant {
  name: string;
  worker: WorkerCommand;
  parts: readonly { part: string; count: number }[];
}

export interface WorkerCommand {
  program: string;
  args: string[];
  environment: NodeJS.ProcessEnv;
}

export interface Result {
  name: string;
  seconds: number;
  peakBytes: number;
}

const answerSchema = z.object({ seconds: z.number(), peakBytes: z.number() });
type Answer = z.infer<typeof answerSchema>;

export async function compete(
  contestants: readonly Contestant[],
  { rounds, steps }: { rounds: number; steps: number },
): Promise<Result[]> {
  const workers = contestants.map((contestant) => startWorker(contestant));
  try {
    const times = contestants.map(({ parts }) => parts.map((): number[] => []));
    for (let round = -1; round < rounds; round += 1) {
      for (const [index, { parts }] of contestants.entries()) {
        for (const [place, { part }] of parts.entries()) {
          const { seconds } = await workers[index]!.run(part, round < 0 ? 1 : steps);
          // The round before the first warms up: kernels are chosen, memory is got.
          if (round >= 0) times[index]![place]!.push(seconds / steps);
        }
      }
    }
    const results: Result[] = [];
    for (const [index, { name, parts }] of contestants.entries()) {
      const seconds = parts.reduce((sum, { count }, place) => sum + count * median(times[index]![place]!), 0);
      const { peakBytes } = await workers[index]!.run('nothing', 0);
      results.push({ name, seconds, peakBytes });
    }
    return results;
  } finally {
    workers.forEach(({ stop }) => stop());
  }
}

/** Starts a worker, has it do one thing, ends it. */
export async function once(worker: WorkerCommand, part: string, argument: string): Promise<void> {
  const { run, stop } = startWorker({ name: part, worker });
  await run(part, argument).finally(stop);
}

function startWorker({ name, worker }: Pick<Contestant, 'name' | 'worker'>) {
  const child = spawn(worker.program, worker.args, { stdio: ['pipe', 'pipe', 'pipe'], env: worker.environment });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-2000)));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async run(part: string, argument: number | string): Promise<Answer> {
      child.stdin.write(`${part} ${argument}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`${name} ended: ${errors}`);
      return answerSchema.parse(JSON.parse(value));
    },
    stop: () => void child.kill(),
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
