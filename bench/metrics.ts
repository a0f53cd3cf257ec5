/**
 * `npm run bench -- metrics [--json]`: the metrics document of 100,000 predictions with a bootstrap of 2,000 replicates, computed in its
 * thread, and how long this process's event loop was held up meanwhile; reading the same as a CSV file.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createMetricsThread } from '../src-main/evaluation/index.ts';
import { createRandom } from '../src-shared/domain/random.ts';

const images = 100_000;

export default async function benchMetrics(args: readonly string[]): Promise<void> {
  const random = createRandom(2);
  const labels = Uint8Array.from({ length: images }, () => random.below(2));
  const probabilities = Float64Array.from(labels, (label) => (random.below(1e6) + label * random.below(1e6)) / 2e6);
  const patients = Array.from(labels, (_label, image) => `p${Math.floor(image / 3)}`);
  const thread = createMetricsThread();

  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const startedAt = performance.now();
  await thread.run({
    kind: 'metrics',
    table: { labels, probabilities, patients },
    options: {
      set: null,
      positiveClass: '1',
      operatingPoint: { threshold: 0.5, rule: 'fixed', chosenOn: 'none' },
      replicates: 2000,
    },
  });
  const seconds = (performance.now() - startedAt) / 1000;
  delay.disable();

  const folder = await mkdtemp(join(tmpdir(), 'parenchyma-bench-'));
  const path = join(folder, 'table.csv');
  const rows = Array.from(labels, (label, image) => `${label},${probabilities[image]},${patients[image]}`);
  await writeFile(path, `label,probability,patient\n${rows.join('\n')}\n`);
  const readAt = performance.now();
  await thread.run({ kind: 'csv', path, options: { cluster: 'patient' } });
  const csvSeconds = (performance.now() - readAt) / 1000;
  await rm(folder, { recursive: true });

  const result = { images, replicates: 2000, seconds, csvSeconds, longestEventLoopDelayMs: delay.max / 1e6 };
  console.log(
    args.includes('--json')
      ? JSON.stringify(result)
      : `${images} images, 2,000 replicates: ${seconds.toFixed(1)} s in the thread (event loop held up ${result.longestEventLoopDelayMs.toFixed(0)} ms at most); from a CSV file ${csvSeconds.toFixed(1)} s`,
  );
}
