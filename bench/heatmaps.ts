/**
 * `npm run bench -- heatmaps [--json] [--backend NAME] [--head full|compact] [--image-size N]`: how long a heat map takes from asking to having
 * it: the first, for which the model is loaded, and those after it; then one by occlusion.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createComputeClient, ensureEngine, forkCompute, type ComputeClient } from '../src-main/engine/index.ts';
import { defaultRunConfiguration } from '../src-shared/contract/training.ts';
import {
  architectureSchema,
  backendNameSchema,
  headSchema,
  type Architecture,
} from '../src-shared/contract/vocabulary.ts';
import { createRandom } from '../src-shared/domain/random.ts';

const count = 8;
const never = new AbortController().signal;

interface Timing {
  architecture: Architecture;
  /** With the loading of the model. */
  firstMilliseconds: number;
  nextMilliseconds: number;
  occlusionMilliseconds: number;
}

export default async function heatmaps(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      json: { type: 'boolean', default: false },
      backend: { type: 'string', default: 'tensorflow' },
      head: { type: 'string', default: 'full' },
      'image-size': { type: 'string', default: '224' },
    },
  });
  const head = headSchema.parse(values.head);
  const imageSize = Number(values['image-size']);
  const backend = backendNameSchema.parse(values.backend);
  const folder = await mkdtemp(join(tmpdir(), 'parenchyma-bench-'));
  const client = createComputeClient({ fork: forkCompute, engine: await ensureEngine(), backends: [backend] });
  try {
    const random = createRandom(4);
    const inputs = { path: join(folder, 'inputs.u8'), size: imageSize, count };
    await writeFile(
      inputs.path,
      Uint8Array.from({ length: count * imageSize ** 2 }, () => random.below(256)),
    );
    const timings: Timing[] = [];
    for (const architecture of architectureSchema.options) {
      const modelDirectory = join(folder, architecture);
      await train(client, modelDirectory, inputs, { architecture, head });
      timings.push({ architecture, ...(await explainEach(client, modelDirectory, inputs)) });
    }
    if (values.json) console.log(JSON.stringify({ backend, head, imageSize, timings }));
    else for (const timing of timings) console.log(words(timing));
  } finally {
    await client.close();
    await rm(folder, { recursive: true, force: true });
  }
}

type Inputs = { path: string; size: number; count: number };

/** One step is enough: the time of a map does not depend on what was learnt. */
async function train(
  client: ComputeClient,
  runDirectory: string,
  inputs: Inputs,
  network: { architecture: Architecture; head: 'full' | 'compact' },
): Promise<void> {
  await client.train(
    {
      runDirectory,
      cacheDirectory: join(runDirectory, 'cache'),
      inputs,
      items: Array.from({ length: count }, (_unused, index) => ({
        index,
        label: index % 2,
        set: index < 4 ? ('training' as const) : ('validation' as const),
      })),
      classes: ['negative', 'positive'],
      positive: 1,
      snapshotSha256: '0'.repeat(64),
      softwareVersion: 'bench',
      configuration: {
        ...defaultRunConfiguration,
        ...network,
        freeze: 'backbone',
        epochs: 1,
        batchSize: 4,
        preprocessing: { imageSize: inputs.size, window: null },
      },
    },
    () => undefined,
    never,
  );
}

async function explainEach(client: ComputeClient, modelDirectory: string, inputs: Inputs) {
  const timed = async (index: number, method: 'gradCam' | 'occlusion') => {
    const started = performance.now();
    const targets = [{ index, class: 1 }];
    await client.explain({ modelDirectory, inputs, method, targets, batchSize: 8 }, () => undefined, never);
    return performance.now() - started;
  };
  const first = await timed(0, 'gradCam');
  const next: number[] = [];
  for (let index = 1; index < count; index += 1) next.push(await timed(index, 'gradCam'));
  next.sort((one, other) => one - other);
  return {
    firstMilliseconds: first,
    nextMilliseconds: next[Math.floor(next.length / 2)]!,
    occlusionMilliseconds: await timed(0, 'occlusion'),
  };
}

function words({ architecture, firstMilliseconds, nextMilliseconds, occlusionMilliseconds }: Timing): string {
  const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(2)} s`;
  return `${architecture}: first heat map, with loading the model ${seconds(firstMilliseconds)}, the next ${seconds(nextMilliseconds)}, by occlusion ${seconds(occlusionMilliseconds)}`;
}
