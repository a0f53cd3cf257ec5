import { InvalidArgumentError, Option } from 'commander';
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import type { Finding, FindingCase, ShortcutTest, SimilarPair } from '../../src-shared/contract/findings.ts';
import type { SnapshotReference } from '../../src-shared/contract/snapshots.ts';
import { setNames, type SetName } from '../../src-shared/contract/vocabulary.ts';
import type { ProjectSession } from '../app/session.ts';
import type { CommandAdder } from './command.ts';
import { withProject } from './options.ts';
import { exitCodes } from './output.ts';

interface FindingsOptions {
  accept?: string;
  reopen?: string;
  exclude?: number[];
  group?: number[];
  move?: number[];
  set?: SetName;
  reason?: string;
  by?: string;
}

/** Cases printed for each finding. */
const mostCases = 1000;

/** What is wrong with the data, and what is done about it; and what differs between two frozen states of it. */
export function addFindingsCommands(commands: CommandAdder): void {
  commands.add<[string], FindingsOptions>(
    'findings <PROJECT>',
    'list leakage between sets and what tells the class without disease; accept a finding with a reason, or resolve it',
    [
      new Option('--accept <ID>', 'accept a finding, or one case by its number'),
      new Option('--reopen <ID>', 'take an acceptance back'),
      imagesOption('--exclude <IMAGES>', 'leave these images out of every set'),
      imagesOption('--group <IMAGES>', 'these images are of one patient, who goes to --set'),
      imagesOption('--move <IMAGES>', 'move these images to --set'),
      new Option('--set <SET>', 'where images are put').choices(setNames),
      new Option('--reason <TEXT>', 'why; printed in the report'),
      new Option('--by <NAME>', 'who says so'),
    ],
    async ({ output, signal }, options, project) => {
      const document = await withProject(project, async (session) => {
        await session.check(output.context(signal));
        act(session, options);
        const { findings, ...rest } = session.findings();
        return {
          findings: findings.map((finding) => ({
            ...finding,
            listed: session.findingCases(finding.id, { offset: 0, limit: mostCases }).items,
          })),
          ...rest,
        };
      });
      output.result(document, describeFindings(document.findings, document.tests, document.closest));
    },
  );

  commands.add<[string], { compare?: [SnapshotReference, SnapshotReference] }>(
    'snapshots <PROJECT>',
    'list the frozen states of the data that runs were trained on, or compare two of them in words',
    [new Option('--compare <A,B>', 'numbers of two snapshots; "now" is the data as they stand').argParser(references)],
    ({ output }, options, project) =>
      withProject(project, async (session) => {
        if (options.compare !== undefined) {
          const comparison = session.compareSnapshots(...options.compare);
          output.result(comparison, comparison.sentences.join('\n'));
          return exitCodes.done;
        }
        const snapshots = session.snapshots();
        const lines = snapshots.map(
          ({ id, createdAt, images, patients, runs }) =>
            `${id}  ${createdAt}  ${images} images, ${patients} patients  ${runs.join(', ') || 'no run'}`,
        );
        output.result({ snapshots }, lines.join('\n') || 'No snapshots yet: each run makes one when it starts.');
        return exitCodes.done;
      }),
  );
}

function act(session: ProjectSession, options: FindingsOptions): void {
  const said = { reason: options.reason ?? '', author: options.by ?? '' };
  const target = options.accept ?? options.reopen;
  const images = options.exclude ?? options.group ?? options.move;
  if (target === undefined && images === undefined) return;
  if (said.reason.trim().length < 3) throw wrong('A decision needs a reason.', 'Say why with --reason TEXT.');
  if (target !== undefined) {
    const id = /^\d+$/.test(target) ? Number(target) : target;
    if (options.accept !== undefined) session.acceptFinding(id, said);
    else session.reopenFinding(id, said);
  }
  if (options.exclude) session.resolveFinding({ action: 'exclude', imageIds: options.exclude, ...said });
  if (options.move)
    session.resolveFinding({ action: 'move', imageIds: options.move, set: options.set ?? null, ...said });
  if (!options.group) return;
  if (options.set === undefined) throw wrong('Where the patient goes is not said.', 'Give --set as well.');
  session.resolveFinding({ action: 'group', imageIds: options.group, set: options.set, ...said });
}

function wrong(message: string, remedy: string): ExpectedError {
  return new ExpectedError({ code: 'INVALID_INPUT', message, remedy });
}

function imagesOption(flags: string, description: string): Option {
  return new Option(flags, `${description} (ids with commas)`).argParser((text) => {
    const ids = text.split(',').map(Number);
    if (ids.some((id) => !Number.isInteger(id) || id < 1)) throw new InvalidArgumentError('Ids of images, like 12,15.');
    return ids;
  });
}

function references(text: string): [SnapshotReference, SnapshotReference] {
  const parts = text.split(',').map((part) => (part.trim() === 'now' ? ('now' as const) : Number(part)));
  const [before, after] = parts;
  if (
    parts.length !== 2 ||
    before === undefined ||
    after === undefined ||
    parts.some((one) => one !== 'now' && !Number.isInteger(one))
  ) {
    throw new InvalidArgumentError('Two snapshots are needed, like 1,2 or 2,now.');
  }
  return [before, after];
}

function describeFindings(
  findings: readonly (Finding & { listed: readonly FindingCase[] })[],
  tests: readonly ShortcutTest[],
  closest: readonly SimilarPair[],
): string {
  const lines = findings.flatMap(({ id, state, message, reasons, listed }) => [
    `${state.padEnd(8)} ${id}: ${message}${reasons.length > 0 ? ` Accepted: ${reasons.join('; ')}` : ''}`,
    ...listed
      .filter((one) => one.state === 'open')
      .slice(0, 20)
      .map((one) => `           ${one.id}: ${one.message} (images ${one.images.map((image) => image.id).join(', ')})`),
  ]);
  const weak = tests.filter(({ code }) => !findings.some((finding) => finding.code === code));
  const rest = weak.map(({ message }) => `no finding: ${message}`);
  // Worth a look, and no finding: which pictures of two sets are most alike.
  const alike = closest.map(({ similarity, images }) => {
    const [one, two] = images.map(({ id, set }) => `${id} in ${set ?? 'no set'}`);
    return `most alike: image ${one} and image ${two}, ${similarity.toFixed(2)}`;
  });
  return [...(lines.length > 0 ? lines : ['No findings.']), ...rest, ...alike].join('\n');
}
