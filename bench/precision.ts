/**
 * `npm run bench -- precision PROJECT [--seeds N] [-- TRAIN OPTIONS]`: trains with every seed in float32 and in mixed precision and
 * prints the best epoch's validation figures side by side, so that what mixed precision changes is seen beside what a seed
 * changes. The project must have a split; the runs stay in it.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';

const epochSchema = z.object({
  event: z.literal('epoch'),
  seconds: z.number(),
  best: z.boolean(),
  validation: z.object({ accuracy: z.number(), auc: z.number(), loss: z.number() }),
});
type Epoch = z.infer<typeof epochSchema>;

export default function precision(args: string[]): void {
  const separator = args.indexOf('--');
  const own = separator < 0 ? args : args.slice(0, separator);
  const trainOptions = separator < 0 ? [] : args.slice(separator + 1);
  const { values, positionals } = parseArgs({
    args: own,
    allowPositionals: true,
    options: { seeds: { type: 'string', default: '5' }, json: { type: 'boolean', default: false } },
  });
  const [project] = positionals;
  if (project === undefined)
    throw new Error('Usage: npm run bench -- precision PROJECT [--seeds N] [-- TRAIN OPTIONS]');
  const results: Record<'float32' | 'mixed', Epoch[]> = { float32: [], mixed: [] };
  let secondsOf = { float32: 0, mixed: 0 };
  for (let seed = 1; seed <= Number(values.seeds); seed += 1) {
    for (const kind of ['float32', 'mixed'] as const) {
      const epochs = train(project, [...trainOptions, '--seed', String(seed), '--precision', kind]);
      const best = epochs.findLast((epoch) => epoch.best)!;
      results[kind].push(best);
      secondsOf = { ...secondsOf, [kind]: secondsOf[kind] + epochs.reduce((sum, { seconds }) => sum + seconds, 0) };
      const { accuracy, auc, loss } = best.validation;
      console.log(
        `seed ${seed}  ${kind.padEnd(8)} accuracy ${accuracy.toFixed(3)}  AUC ${auc.toFixed(3)}  loss ${loss.toFixed(3)}`,
      );
    }
  }
  for (const figure of ['accuracy', 'auc', 'loss'] as const) {
    const [a, b] = [results.float32, results.mixed].map((list) => list.map((epoch) => epoch.validation[figure]));
    console.log(
      `${figure.padEnd(8)} float32 ${meanAndDeviation(a!)}  mixed ${meanAndDeviation(b!)}  difference by seed ${meanAndDeviation(b!.map((value, index) => value - a![index]!))}`,
    );
  }
  console.log(`time     float32 ${secondsOf.float32.toFixed(0)} s  mixed ${secondsOf.mixed.toFixed(0)} s`);
}

function train(project: string, options: string[]): Epoch[] {
  const program = join(import.meta.dirname, '../bin/parenchyma.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'train', project, '--json', ...options], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`The training failed: ${stderr.slice(-2000)}`);
  return stdout
    .split('\n')
    .filter((line) => line.includes('"event":"epoch"'))
    .map((line) => epochSchema.parse(JSON.parse(line)));
}

function meanAndDeviation(values: readonly number[]): string {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1);
  return `${mean.toFixed(3)} ± ${Math.sqrt(variance).toFixed(3)}`;
}
