import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WeightsSource } from '../../models/vgg.ts';
import { ExpectedError } from '../../src-shared/contract/errors.ts';
import type { JobContext } from '../../src-shared/contract/progress.ts';
import { syncFolder } from '../platform/files.ts';

export interface DownloadedWeights {
  path: string;
  sha256: string;
  bytes: number;
}

export interface DownloadOptions {
  /** Tries that bring nothing new before it is given up. */
  tries?: number;
  /** Wait before the next try; grows with each. */
  pauseMilliseconds?: number;
  /** A connection that is silent for so long is taken for dead. */
  silenceMilliseconds?: number;
}

/** The largest official file has 548 MB. */
const largest = 1024 ** 3;

/**
 * Fetches an official weights file, only ever because somebody asked for it. What a broken connection leaves is kept and resumed
 * (Range); the file gets its name only when its hash is right: the whole of it where it is known, else its first eight digits, which stand in the name. A file that is there already is checked and used.
 */
export async function downloadWeights(
  source: WeightsSource,
  directory: string,
  context: JobContext,
  { tries = 5, pauseMilliseconds = 1000, silenceMilliseconds = 60_000 }: DownloadOptions = {},
): Promise<DownloadedWeights> {
  const path = join(directory, source.fileName);
  const present = await describe(path);
  if (present && fits(source, present.sha256)) return { path, ...present };
  await mkdir(directory, { recursive: true });
  const part = `${path}.part`;
  let fruitless = 0;
  for (let complete = false; !complete;) {
    context.signal.throwIfAborted();
    const before = await sizeOf(part);
    try {
      complete = await fetchRest(source, part, context, silenceMilliseconds);
    } catch (error) {
      context.signal.throwIfAborted();
      if (error instanceof ExpectedError) throw error;
      fruitless = (await sizeOf(part)) > before ? 0 : fruitless + 1;
      if (fruitless >= tries) throw unreachable(source, error);
      await sleep(pauseMilliseconds * (fruitless + 1), undefined, { signal: context.signal });
    }
  }
  const found = (await describe(part))!;
  if (!fits(source, found.sha256)) {
    await rm(part, { force: true });
    throw new ExpectedError({
      code: 'DOWNLOAD_FAILED',
      message: `What came from ${new URL(source.address).host} is not ${source.fileName}: its SHA-256 is ${found.sha256}, ${expectedHash(source)}.`,
      kept: 'It was deleted; nothing uses it.',
      remedy: 'Try again later, or get the file on another way and choose it as a file.',
    });
  }
  await rename(part, path);
  await syncFolder(directory);
  return { path, ...found };
}

/** One request from where the last one ended. True when everything is there. */
async function fetchRest(
  source: WeightsSource,
  part: string,
  context: JobContext,
  silenceMilliseconds: number,
): Promise<boolean> {
  const start = await sizeOf(part);
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(new Error('The connection fell silent.')), silenceMilliseconds);
  try {
    const response = await fetch(source.address, {
      headers: start > 0 ? { range: `bytes=${start}-` } : {},
      signal: AbortSignal.any([context.signal, silence.signal]),
    });
    // Nothing lies behind what is here: it is whole, or of another file, which the hash tells.
    if (response.status === 416) return true;
    if (!response.ok || response.body === null) throw refusedBy(source, response.status);
    const resumed = response.status === 206 && startOf(response) === start;
    const from = resumed ? start : 0;
    const total = from + Number(response.headers.get('content-length') ?? NaN);
    if (total > largest) throw refusedBy(source, 413);
    const file = await open(part, resumed ? 'a' : 'w');
    const began = performance.now();
    let done = from;
    try {
      for await (const chunk of response.body) {
        timer.refresh();
        await file.appendFile(chunk);
        done += chunk.length;
        if (done > largest) throw refusedBy(source, 413);
        const rate = (done - from) / ((performance.now() - began) / 1000);
        context.report({
          phase: 'download',
          done,
          total: Number.isFinite(total) ? total : null,
          rate,
          etaSeconds: Number.isFinite(total) ? (total - done) / rate : null,
          message: `Downloading ${source.fileName}`,
        });
      }
      await file.sync();
    } finally {
      await file.close();
    }
    if (Number.isFinite(total) && done < total) throw new Error('The connection ended early.');
    return true;
  } finally {
    clearTimeout(timer);
  }
}

/** `bytes 100-199/200` → 100 */
function startOf(response: Response): number | null {
  const match = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '');
  return match ? Number(match[1]) : null;
}

function expectedHash({ sha256, sha256Prefix }: WeightsSource): string {
  return sha256 === null ? `which should begin with ${sha256Prefix}` : `not ${sha256}`;
}

/** By the whole hash where it is known, else by the digits that the file's name carries, as torchvision does. */
function fits({ sha256Prefix, sha256: whole }: WeightsSource, found: string): boolean {
  return whole === null ? found.startsWith(sha256Prefix) : found === whole;
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => null))?.size ?? 0;
}

async function describe(path: string): Promise<{ sha256: string; bytes: number } | null> {
  const facts = await stat(path).catch(() => null);
  if (facts === null) return null;
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return { sha256: hash.digest('hex'), bytes: facts.size };
}

function refusedBy(source: WeightsSource, status: number): ExpectedError {
  return new ExpectedError({
    code: 'DOWNLOAD_FAILED',
    message: `${new URL(source.address).host} does not give ${source.fileName} (answer ${status}).`,
    kept: 'What was loaded before is kept.',
    remedy: elsewhere(source),
  });
}

function unreachable(source: WeightsSource, cause: unknown): ExpectedError {
  return new ExpectedError(
    {
      code: 'DOWNLOAD_FAILED',
      message: `${new URL(source.address).host} cannot be reached from this computer; perhaps it has no way to the internet.`,
      kept: 'What was loaded so far is kept, and the next try goes on from there.',
      remedy: elsewhere(source),
    },
    { cause },
  );
}

const elsewhere = ({ address }: WeightsSource): string =>
  `On a computer with internet get ${address}, bring the file here, and choose it under "Starting weights".`;
