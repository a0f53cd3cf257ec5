import { describe, expect, it } from 'vitest';
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import type { Finding } from '../../src-shared/contract/findings.ts';
import type { Preflight, RunDetail } from '../../src-shared/contract/runs.ts';
import { defaultRunConfiguration } from '../../src-shared/contract/training.ts';
import type { Output } from './output.ts';
import { trainWithRetries, type TrainingSession } from './train.ts';

type Problem = Preflight['problems'][number];

/** A session on a machine where batches up to `fits` can be trained, and the check beforehand says `problems`. */
function sessionWhere(
  fits: number,
  problems: Problem[] = [],
  largestBatch: number | null = null,
  check: { findings?: Finding[]; fails?: Error } = {},
) {
  const batches: number[] = [];
  const { findings = [], fails } = check;
  const session: TrainingSession = {
    preflight: async ({ batchSize }) => ({
      ready: true,
      problems: batchSize > (largestBatch ?? Infinity) ? problems : [],
      images: { training: 10, validation: 5, test: 5 },
      memory: {
        estimate: { hostBytes: 1, deviceBytes: null },
        available: { hostBytes: 2, deviceBytes: null },
        largestBatch,
        device: 'processor',
      },
      engine: null,
      time: null,
      disk: null,
    }),
    check: async () => {
      if (fails) throw fails;
    },
    findings: () => ({ findings, tests: [], closest: [], check: { images: 1, measured: 1, upToDate: true, at: null } }),
    createRun: ({ batchSize }) => ({
      run: `run-${batchSize}`,
      execute: async () => {
        batches.push(batchSize);
        if (batchSize > fits) throw new ExpectedError({ code: 'OUT_OF_MEMORY', message: 'The memory was not enough.' });
      },
    }),
    run: (id) => ({ id }) as RunDetail,
  };
  return { session, batches };
}

const lines: unknown[] = [];
const output = {
  json: true,
  result: () => undefined,
  line: (document: unknown) => void lines.push(document),
  say: () => undefined,
  context: (signal: AbortSignal) => ({ signal, report: () => undefined }),
};
const wanted = { ...defaultRunConfiguration, batchSize: 12 };
const signal = new AbortController().signal;
const blocks: Problem = {
  severity: 'blocks',
  about: 'memory',
  message: 'It needs 9 GB; 4 GB are free.',
  remedy: 'A batch of 5 or fewer fits.',
};

describe('a training that runs out of memory', () => {
  it('is tried again with half the batch until it fits, where that was asked for', async () => {
    const { session, batches } = sessionWhere(4);
    const run = await trainWithRetries(session, wanted, true, output, signal);
    expect(batches).toEqual([12, 6, 3]);
    expect(run.id).toBe('run-3');
    expect(lines).toContainEqual({
      event: 'retry',
      reason: 'The memory was not enough.',
      batchSize: 6,
      nextBatchSize: 3,
    });
  });

  it('fails where it was not asked for, and when even one image is too much', async () => {
    await expect(trainWithRetries(sessionWhere(4).session, wanted, false, output, signal)).rejects.toThrow('memory');
    const { session, batches } = sessionWhere(0);
    await expect(trainWithRetries(session, wanted, true, output, signal)).rejects.toThrow('memory');
    expect(batches).toEqual([12, 6, 3, 1]);
  });

  it('is not started where the check says that it cannot fit; the message names the batch that does', async () => {
    const { session, batches } = sessionWhere(4, [blocks], 5);
    const refused = trainWithRetries(session, wanted, false, output, signal);
    await expect(refused).rejects.toMatchObject({
      code: 'OUT_OF_MEMORY',
      remedy: expect.stringContaining('--batch 5'),
    });
    expect(batches).toEqual([]);
    await trainWithRetries(session, wanted, true, output, signal);
    expect(batches).toEqual([5, 2]);
  });
});

describe('findings of the data', () => {
  const open: Finding = {
    id: 'patient:training:test',
    code: 'PATIENT_IN_TWO_SETS',
    kind: 'leakage',
    state: 'open',
    message: '2 patients are in both training and test.',
    sets: ['training', 'test'],
    images: [1, 2],
    imageCount: 2,
    cases: { open: 2, accepted: 0, resolved: 0 },
    reasons: [],
  };
  const heard = (): { said: string[]; written: Record<string, unknown>[]; to: Output } => {
    const said: string[] = [];
    const written: Record<string, unknown>[] = [];
    const to = {
      ...output,
      line: (document: unknown) => void written.push(document as Record<string, unknown>),
      say: (words: string) => void said.push(words),
    };
    return { said, written, to };
  };

  it('are said before the training begins, open ones only, and stand in the line of its start', async () => {
    const findings = [open, { ...open, id: 'other', state: 'accepted' as const }];
    const { said, written, to } = heard();
    await trainWithRetries(sessionWhere(12, [], null, { findings }).session, wanted, false, to, signal);
    expect(said.slice(0, 2)).toEqual([
      'Finding: 2 patients are in both training and test.',
      'The test set stays closed until each finding is resolved or accepted: parenchyma findings PROJECT',
    ]);
    expect(written[0]).toMatchObject({
      event: 'started',
      findings: [{ id: 'patient:training:test', code: 'PATIENT_IN_TWO_SETS', message: open.message }],
    });
  });

  it('that could not be looked for are said to be unknown, and the training begins', async () => {
    const fails = new ExpectedError({ code: 'PATH_NOT_FOUND', message: 'The folder is gone.' });
    const { said, written, to } = heard();
    await trainWithRetries(sessionWhere(12, [], null, { fails }).session, wanted, false, to, signal);
    expect(said[0]).toBe('Note: the data could not be checked: The folder is gone.');
    expect(written.map(({ event }) => event)).toEqual(['started']);
  });
});
