import { InvalidArgumentError, Option } from 'commander';
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import { repeatsSchema, type Repeats, type RunGroup } from '../../src-shared/contract/runGroups.ts';
import type { RunConfiguration } from '../../src-shared/contract/training.ts';
import { formatNumber } from '../../src-shared/domain/format.ts';
import type { ProjectSession } from '../app/session.ts';
import { sayBeforeTraining, type CheckedSession, type SaidBefore } from './beforeTraining.ts';
import { numberOption } from './options.ts';
import { exitCodes, type Output } from './output.ts';
import { fitted, runListener } from './train.ts';

export interface RepeatOptions {
  seeds?: number[];
  folds?: number;
}

/** As much of an open project as a group of trainings needs. */
export type GroupSession = CheckedSession &
  Pick<ProjectSession, 'startRunGroup' | 'enqueueRun' | 'runGroup' | 'run' | 'resumeRun' | 'leaveQueue' | 'executeRun'>;

/** Training one configuration several times. */
export function repeatOptions(): Option[] {
  return [
    new Option(
      '--seeds <LIST>',
      'train once with each of these seeds, like 1,2,3; a single number is how many, from --seed on',
    ).argParser(seedList),
    numberOption('--folds <K>', 'train K times; each fold of the patients outside of the test set validates once', {
      least: 2,
      most: 20,
    }),
  ];
}

/** Null where one run is wanted. Throws INVALID_INPUT for both kinds at once. */
export function repeatsFrom({ seeds, folds }: RepeatOptions): Repeats | null {
  if (seeds !== undefined && folds !== undefined) {
    throw new ExpectedError({
      code: 'INVALID_INPUT',
      message: '--seeds and --folds cannot be combined.',
      kept: 'No run was started.',
      remedy: 'Give one of the two.',
    });
  }
  if (folds !== undefined) return { kind: 'folds', count: folds };
  if (seeds === undefined) return null;
  return seeds.length === 1 ? { kind: 'seeds', count: seeds[0]! } : { kind: 'listedSeeds', seeds };
}

/** Trains every repeat, one after the other, and gives back the group with the spread of its figures. */
export async function trainGroup(
  session: GroupSession,
  { wanted, retry, repeats }: { wanted: RunConfiguration; retry: boolean; repeats: Repeats },
  output: Output,
  signal: AbortSignal,
): Promise<RunGroup> {
  const configuration = await fitted(session, wanted, retry, output);
  const said = await sayBeforeTraining(session, configuration, output, signal);
  const listener = { onEpoch: () => undefined, onChange: () => undefined };
  const { group } = session.startRunGroup({ configuration, repeats }, (repeat, options) =>
    session.enqueueRun(repeat, listener, options),
  );
  return carryOut(session, group, said, output, signal);
}

/** Trains what of a group has not been trained to its end. */
export const resumeGroup = (session: GroupSession, group: string, output: Output, signal: AbortSignal) =>
  carryOut(session, group, { warnings: [], findings: [] }, output, signal);

/** Whether `--resume` names a group. */
export const isGroup = (id: string): boolean => /^group-\d+$/.test(id);

async function carryOut(
  session: GroupSession,
  group: string,
  said: SaidBefore,
  output: Output,
  signal: AbortSignal,
): Promise<RunGroup> {
  const { runs } = session.runGroup(group);
  const members = runs.map(({ run, seed, fold }) => ({ run, seed, fold }));
  output.line({ event: 'group', group, runs: members });
  output.say(`${group}: ${members.length} runs`);
  for (const [place, member] of members.entries()) {
    const state = runs[place]!.state;
    if (state === null || state === 'finished') continue;
    // Failed at its beginning, a run has nothing to go on from and starts anew.
    const resume = state !== 'queued';
    if (resume) session.resumeRun(member.run);
    session.leaveQueue(member.run);
    const { configuration } = session.run(member.run);
    output.line({ event: 'started', ...member, group, configuration, ...said, resumed: resume });
    output.say(`Started ${member.run} (${nameOf(member)}), ${place + 1} of ${members.length}`);
    await session
      .executeRun(member.run, runListener(output, configuration.epochs), output.context(signal), { resume })
      .catch((error: unknown) => {
        // One repeat that fails is part of what the group shows; the others are trained.
        if (signal.aborted || !(error instanceof ExpectedError)) throw error;
        output.say(`${member.run} failed: ${error.message}`);
      });
    const { state: outcome, best, failure } = session.run(member.run);
    output.line({ event: 'ended', ...member, group, outcome, best, failure });
    if (signal.aborted) break;
  }
  return session.runGroup(group);
}

const figures = ['accuracy', 'auc', 'sensitivity', 'specificity', 'loss'] as const;

/** The group's last line, or its table; returns the exit code. */
export function sayGroupEnd(output: Output, group: RunGroup, project: string): number {
  const { id, kind, runs } = group;
  output.result({ event: 'finished', group: id, kind, runs, figures: group.figures }, describeGroup(group));
  const done = runs.every(({ state }) => state === 'finished');
  if (!done) output.say(`Go on with it: parenchyma train ${project} --resume ${id}`);
  return done ? exitCodes.done : exitCodes.failed;
}

/** A row for each run, then mean, standard deviation, least and most. */
export function describeGroup({ id, runs, figures: spreads }: RunGroup): string {
  const row = (name: string, cells: string[]) =>
    `${name.padEnd(24)}${cells.map((cell) => cell.padStart(13)).join('')}`.trimEnd();
  const ended = runs.filter(({ validation }) => validation !== null).length;
  const spread = (of: (one: NonNullable<(typeof spreads)['auc']>) => number | null) =>
    figures.map((figure) => {
      const known = spreads[figure];
      return formatNumber(known === null ? null : of(known), 3);
    });
  return [
    `${id}: best epochs on validation of ${ended} of ${runs.length} runs`,
    row('', [...figures]),
    ...runs.map((member) =>
      row(
        `${member.run} (${nameOf(member)})`,
        member.validation === null
          ? [member.state ?? 'deleted']
          : figures.map((figure) => formatNumber(member.validation![figure], 3)),
      ),
    ),
    row(
      'mean',
      spread(({ mean }) => mean),
    ),
    row(
      'standard deviation',
      spread(({ deviation }) => deviation),
    ),
    row(
      'least',
      spread(({ low }) => low),
    ),
    row(
      'most',
      spread(({ high }) => high),
    ),
  ].join('\n');
}

const nameOf = ({ seed, fold }: { seed: number; fold: number | null }) =>
  fold === null ? `seed ${seed}` : `fold ${fold}`;

function seedList(text: string): number[] {
  const seeds = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const [first] = seeds;
  const repeats: unknown = seeds.length === 1 ? { kind: 'seeds', count: first } : { kind: 'listedSeeds', seeds };
  if (repeatsSchema.safeParse(repeats).success) return seeds;
  throw new InvalidArgumentError('Different whole numbers, like 1,2,3, or how many seeds, 2 to 50.');
}
