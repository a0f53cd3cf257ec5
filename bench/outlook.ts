/**
 * `npm run bench -- outlook [--json] [--only TEXT] [--checkpoints]`: what the preflight says a run will take, and what it takes; on the sample study,
 * first without an earlier run, then with those before. `--checkpoints` measures instead what a checkpoint after each epoch costs, of
 * VGG-19-BN with the compact and the full head. For a machine that does nothing else.
 */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { withProject } from '../src-main/cli/options.ts';
import type { ProjectSession } from '../src-main/app/session.ts';
import { defaultRunConfiguration, type EpochRecord, type RunConfiguration } from '../src-shared/contract/training.ts';
import { formatBytes, formatNumber } from '../src-shared/domain/format.ts';
import { parenchyma, temporaryFolder } from '../test/helpers/commandLine.ts';

const compact: RunConfiguration = { ...defaultRunConfiguration, head: 'compact', batchSize: 16, weights: null };
const atSize = (imageSize: number) => ({ ...defaultRunConfiguration.preprocessing, imageSize });
const estimated: [name: string, configuration: RunConfiguration][] = [
  ['vgg16 compact, 64 pixels', { ...compact, architecture: 'vgg16', preprocessing: atSize(64), epochs: 3 }],
  ['vgg19_bn compact, 112 pixels', { ...compact, architecture: 'vgg19_bn', preprocessing: atSize(112), epochs: 2 }],
  [
    'vgg16 frozen backbone, 64 pixels',
    { ...compact, architecture: 'vgg16', freeze: 'backbone', preprocessing: atSize(64), epochs: 3 },
  ],
];
const checkpointed: [name: string, configuration: RunConfiguration][] = (['compact', 'full'] as const).map((head) => [
  `vgg19_bn ${head} head, 64 pixels`,
  { ...compact, head, architecture: 'vgg19_bn', preprocessing: atSize(64), epochs: 3 },
]);

interface Timed {
  records: EpochRecord[];
  /** Seconds from the wish to the end. */
  total: number;
  /** Seconds between two epochs in which neither was trained nor validated, where no model was kept: the checkpoint. */
  checkpoints: number[];
  bytes: number;
}

export default async function outlook(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      json: { type: 'boolean', default: false },
      checkpoints: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
    },
  });
  const folder = temporaryFolder('outlook');
  try {
    const project = await studyOf(folder.path);
    const { checkpoints, only } = values;
    const lines = checkpoints
      ? await withProject(project, (session) => costOfCheckpoints(session, only))
      : [
          ...(await withProject(project, (session) => compared(session, 'first', only))),
          ...(await withProject(project, (session) => compared(session, 'again', only))),
        ];
    for (const line of lines) console.log(values.json ? JSON.stringify(line) : line.words);
  } finally {
    folder.remove();
  }
}

/** 64 training images, 32 for validation. */
async function studyOf(folder: string): Promise<string> {
  const project = join(folder, 'outlook.parenchyma');
  const study = join(folder, 'study');
  const commands = [
    ['sample', study, '--patients', '32', '--slices', '4'],
    ['create', project],
    ['import', project, join(study, 'positive'), '--label', 'Ground glass'],
    ['import', project, join(study, 'negative'), '--label', 'No ground glass'],
    ['split', project, '--ratio', '50/25/25'],
  ];
  for (const command of commands) {
    const { code, stderr } = await parenchyma(folder, ...command);
    if (code !== 0) throw new Error(`${command[0]}: ${stderr}`);
  }
  return project;
}

async function timed(session: ProjectSession, configuration: RunConfiguration): Promise<Timed> {
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  const ends: { at: number; record: EpochRecord }[] = [];
  const listener = {
    onEpoch: (_run: string, record: EpochRecord) => void ends.push({ at: seconds(), record }),
    onChange: () => undefined,
  };
  const { run, execute } = session.createRun(configuration, listener);
  await execute({ report: () => undefined, signal: new AbortController().signal });
  const total = seconds();
  const checkpoints = ends
    .slice(1)
    .flatMap(({ at, record }, place) => (record.best ? [] : [at - ends[place]!.at - record.seconds]));
  const directory = join(session.runDirectory(run), 'checkpoints');
  const [newest] = await readdir(directory);
  const { size: bytes } = await stat(join(directory, newest!));
  return { records: ends.map(({ record }) => record), total, checkpoints, bytes };
}

async function compared(session: ProjectSession, when: 'first' | 'again', only: string) {
  const lines = [];
  for (const [name, configuration] of estimated.filter(([one]) => one.includes(only))) {
    const { time } = await session.preflight(configuration);
    if (time === null) throw new Error('No engine works here.');
    const { records, total } = await timed(session, configuration);
    const epoch = records.reduce((sum, record) => sum + record.seconds, 0) / records.length;
    const error = time.totalSeconds / total - 1;
    const figures = {
      case: name,
      when,
      basedOnRun: time.basedOnRun,
      estimate: time.totalSeconds,
      total,
      epochEstimate: time.epochSeconds,
      epoch,
      error,
    };
    const basis = time.basedOnRun === null ? 'a guess' : `by run ${time.basedOnRun}`;
    const words = `${name} (${basis}): estimated ${formatNumber(time.totalSeconds, 1)} s, took ${formatNumber(total, 1)} s (${formatNumber(100 * error, 0)} %); an epoch ${formatNumber(time.epochSeconds, 2)} s, took ${formatNumber(epoch, 2)} s`;
    lines.push({ ...figures, words });
  }
  return lines;
}

async function costOfCheckpoints(session: ProjectSession, only: string) {
  const lines = [];
  for (const [name, configuration] of checkpointed.filter(([one]) => one.includes(only))) {
    const { records, checkpoints, bytes } = await timed(session, { ...configuration, epochs: 5 });
    const sorted = [...checkpoints].sort((a, b) => a - b);
    const seconds = sorted[Math.floor(sorted.length / 2)] ?? null;
    const epoch = records.reduce((sum, record) => sum + record.seconds, 0) / records.length;
    const share = seconds === null ? null : seconds / (epoch + seconds);
    const words = `${name}: a checkpoint of ${formatBytes(bytes)} in ${formatNumber(seconds, 2)} s, beside an epoch of ${formatNumber(epoch, 1)} s over 64 images`;
    lines.push({ case: name, bytes, seconds, epochSeconds: epoch, share, words });
  }
  return lines;
}
