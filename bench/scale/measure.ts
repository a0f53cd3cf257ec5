/** In a process of its own: opens a large project through the host and asks what the interface asks. Prints one JSON line. */
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/fetch';
import type { ContractRouterClient } from '@orpc/contract';
import type { Contract } from '../../src-shared/contract/index.ts';
import { emptyImageFilter, imageSortSchema, type ImageFilter } from '../../src-shared/contract/library.ts';
import { composeApplication } from '../../src-main/app/compose.ts';
import { forkCompute } from '../../src-main/engine/index.ts';
import { createHost } from '../../src-main/host/createHost.ts';

const [path] = process.argv.slice(2);
const { application, logger } = await composeApplication({ forkCompute });
const host = createHost({ application, shell: 'loopback', rendererDirectory: '/', logger });
const client: ContractRouterClient<Contract> = createORPCClient(
  new RPCLink({ url: 'http://bench/rpc', fetch: (request) => host.fetch(request) }),
);

async function timed<T>(work: () => Promise<T>): Promise<{ milliseconds: number; result: T }> {
  const startedAt = performance.now();
  const result = await work();
  return { milliseconds: performance.now() - startedAt, result };
}

const list = (
  filter: Partial<ImageFilter>,
  change: { sort?: (typeof imageSortSchema.options)[number]; offset?: number; descending?: boolean } = {},
) =>
  client.library.images({
    filter: { ...emptyImageFilter, ...filter },
    sort: change.sort ?? 'patient',
    descending: change.descending ?? false,
    offset: change.offset ?? 0,
    limit: 200,
  });

const opened = await timed(async () => {
  await client.project.open({ path: path! });
  // What the Images screen asks for before it is complete.
  const [project, first, folders] = await Promise.all([client.project.current(), list({}), client.library.folders()]);
  return { project, first, folders };
});
const classId = opened.result.project!.classes[0]!.id;
const filters: [string, Partial<ImageFilter>][] = [
  ['nothing', {}],
  ['class', { classId }],
  ['no label', { classId: 'none' }],
  ['set', { set: 'validation' }],
  ['in no set', { set: 'none' }],
  ['folder', { sourceId: 1, folder: 'site1' }],
  ['scanner', { scanner: 'Philips iCT 256' }],
  ['file type', { format: 'png' }],
  ['modality', { modality: 'CT' }],
  ['slice thickness', { thickness: { from: 1, to: 2 } }],
  ['size', { size: { from: 600, to: null } }],
  ['open findings', { finding: true }],
  ['duplicates', { duplicate: true }],
  ['without duplicates', { duplicate: false }],
  ['excluded', { excluded: true }],
  ['patient', { patientId: 100 }],
  ['text', { text: 'patient77' }],
  ['two words', { text: 'thorax im0004' }],
  ['text that occurs nowhere', { text: 'zzzz' }],
  ['several', { classId, set: 'training', scanner: 'SIEMENS SOMATOM Force', thickness: { from: 0.5, to: 3 } }],
];
const filtered: Record<string, number> = {};
for (const [name, filter] of filters) {
  const runs: number[] = [];
  for (let repeat = 0; repeat < 3; repeat++) runs.push((await timed(() => list(filter))).milliseconds);
  // The first answer is what a person waits for.
  filtered[name] = Math.round(Math.max(...runs));
}
const sorted: Record<string, number> = {};
for (const sort of imageSortSchema.options) {
  const first = await timed(() => list({}, { sort, descending: true }));
  const last = await timed(() => list({}, { sort, offset: opened.result.first.total - 200 }));
  sorted[sort] = Math.round(Math.max(first.milliseconds, last.milliseconds));
}
const other = {
  facets: Math.round((await timed(() => client.library.facets())).milliseconds),
  findings: Math.round((await timed(() => client.findings.list())).milliseconds),
  summary: Math.round((await timed(() => client.project.current())).milliseconds),
  placeOf: Math.round(
    (
      await timed(() =>
        client.library.placeOf({ imageId: 50_000, filter: emptyImageFilter, sort: 'patient', descending: false }),
      )
    ).milliseconds,
  ),
  split: Math.round((await timed(() => client.library.split({ ratio: [70, 15, 15], seed: 2 }))).milliseconds),
};
const answer = {
  images: opened.result.first.total,
  openMilliseconds: Math.round(opened.milliseconds),
  slowestFilterMilliseconds: Math.max(...Object.values(filtered)),
  slowestSortMilliseconds: Math.max(...Object.values(sorted)),
  peakResidentMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
  filtered,
  sorted,
  other,
};
process.stdout.write(`${JSON.stringify(answer)}\n`);
await host.close();
