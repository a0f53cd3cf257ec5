/**
 * `npm run bench -- memory [--quick] [--match TEXT] [--backend NAME] [--json]`: trains each case of a grid for two steps in a compute process
 * of its own, as the program does, and holds its peak memory against the estimate that the check before a run shows.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createComputeClient, ensureEngine, forkCompute } from '../src-main/engine/index.ts';
import { estimateTraining } from '../src-main/training/memoryEstimate.ts';
import { backendNameSchema, type BackendName } from '../src-shared/contract/vocabulary.ts';
import { memoryCases, trainJob, type MemoryCase } from './memory/cases.ts';

interface Measured {
  name: string;
  measuredBytes: number;
  estimatedBytes: number;
  /** Estimate over measured. */
  ratio: number;
}

export default async function memory(args: string[]): Promise<void> {
  const json = args.includes('--json');
  const named = backendNameSchema.safeParse(args[args.indexOf('--backend') + 1]);
  const backend = args.includes('--backend') && named.success ? named.data : 'tensorflow';
  const match = args.includes('--match') ? (args[args.indexOf('--match') + 1] ?? '') : '';
  const engine = await ensureEngine();
  const folder = mkdtempSync(join(tmpdir(), 'parenchyma-memory-'));
  const rows: Measured[] = [];
  try {
    for (const one of memoryCases(backend, args.includes('--quick')).filter(({ name }) => name.includes(match))) {
      const row = await measure(one, backend, engine, folder);
      rows.push(row);
      if (!json) console.log(describe(row));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const worst = Math.max(...rows.map(({ ratio }) => Math.abs(ratio - 1)));
  if (json) console.log(JSON.stringify({ backend, cases: rows, worst }));
  else console.log(`${rows.length} cases on ${backend}; the estimate is off by ${(100 * worst).toFixed(1)} % at most.`);
}

async function measure(
  one: MemoryCase,
  backend: BackendName,
  engine: Awaited<ReturnType<typeof ensureEngine>>,
  folder: string,
): Promise<Measured> {
  const client = createComputeClient({ fork: forkCompute, engine, backends: [backend] });
  try {
    const { chosen, refusals } = await client.status();
    if (chosen === null) throw new Error(`${backend} cannot be used here: ${refusals[0]?.reason}`);
    const job = trainJob(one, folder);
    writeFileSync(job.inputs.path, new Uint8Array(job.inputs.count * job.inputs.size ** 2).fill(100));
    const { peakMemoryBytes } = await client.train(job, () => undefined, new AbortController().signal);
    const estimatedBytes = estimateTraining(job.configuration, { backend, classes: 2 }).hostBytes;
    return { name: one.name, measuredBytes: peakMemoryBytes, estimatedBytes, ratio: estimatedBytes / peakMemoryBytes };
  } finally {
    await client.close();
  }
}

function describe({ name, measuredBytes, estimatedBytes, ratio }: Measured): string {
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(2)} GB`.padStart(9);
  return `${name.padEnd(44)} measured ${gigabytes(measuredBytes)}  estimated ${gigabytes(estimatedBytes)}  ${((ratio - 1) * 100).toFixed(1).padStart(6)} %`;
}
