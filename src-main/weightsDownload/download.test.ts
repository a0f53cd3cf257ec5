import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JobContext } from '../../src-shared/contract/progress.ts';
import { downloadWeights } from './download.ts';

/** A server of this test, in place of the official one: it breaks off, resumes, refuses and lies. */
const content = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7919) % 251));
const sha256 = createHash('sha256').update(content).digest('hex');
const quick = { tries: 2, pauseMilliseconds: 1, silenceMilliseconds: 500 };
const silent: JobContext = { report: () => undefined, signal: new AbortController().signal };

let folder: string;
let server: Server;
let requests: (string | undefined)[];
let answer: (request: IncomingMessage, response: ServerResponse, start: number) => void;

const whole = (_request: IncomingMessage, response: ServerResponse, start: number) => {
  const body = content.subarray(start);
  const range = start > 0 ? { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` } : {};
  response.writeHead(start > 0 ? 206 : 200, { 'content-length': body.length, ...range }).end(body);
};
/**
 * Promises everything, sends this many bytes, and hangs up a little later: fetch throws away what it has received and not yet
 * handed on when the connection breaks.
 */
const breakingOffAfter = (bytes: number) => (_request: IncomingMessage, response: ServerResponse, start: number) => {
  const range = start > 0 ? { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` } : {};
  response.writeHead(start > 0 ? 206 : 200, { 'content-length': content.length - start, ...range });
  response.write(content.subarray(start, start + bytes), () => setTimeout(() => response.destroy(), 100));
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'parenchyma-download-'));
  requests = [];
  answer = whole;
  server = createServer((request, response) => {
    requests.push(request.headers.range);
    answer(request, response, Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

const source = (prefix = sha256.slice(0, 8), whole: string | null = null) => ({
  description: 'test',
  fileName: `weights-${prefix}.pth`,
  address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/weights.pth`,
  sha256Prefix: prefix,
  sha256: whole,
});

describe('the download of official weights', () => {
  it('loads, checks, names and does not load again', async () => {
    const seen: number[] = [];
    const context = { ...silent, report: ({ done }: { done: number }) => void seen.push(done) };
    const loaded = await downloadWeights(source(), folder, context, quick);
    expect(loaded).toEqual({ path: join(folder, source().fileName), sha256, bytes: content.length });
    expect(readFileSync(loaded.path).equals(content)).toBe(true);
    expect(seen.at(-1)).toBe(content.length);
    await downloadWeights(source(), folder, silent, quick);
    expect(requests).toHaveLength(1);
  });

  it('goes on where a broken connection ended, as often as it brings something new', async () => {
    answer = breakingOffAfter(70_000);
    const loaded = await downloadWeights(source(), folder, silent, quick);
    expect(loaded.sha256).toBe(sha256);
    expect(requests.length).toBeGreaterThan(3);
    expect(requests.slice(1).every((range) => /^bytes=[1-9]\d*-$/.test(range ?? ''))).toBe(true);
  });

  it('begins anew where the server does not resume', async () => {
    writeFileSync(join(folder, `${source().fileName}.part`), content.subarray(0, 1000));
    answer = (request, response) => whole(request, response, 0);
    expect((await downloadWeights(source(), folder, silent, quick)).sha256).toBe(sha256);
  });

  it('refuses and deletes what has another hash, whatever its length', async () => {
    const wanted = source('00000000');
    await expect(downloadWeights(wanted, folder, silent, quick)).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: /should begin with 00000000/,
    });
    expect(existsSync(join(folder, wanted.fileName))).toBe(false);
    expect(existsSync(join(folder, `${wanted.fileName}.part`))).toBe(false);
  });

  it('checks the whole hash where it is known, not only the digits in the name', async () => {
    const first = sha256.slice(0, 8);
    const wanted = source(first, first.padEnd(64, '0'));
    await expect(downloadWeights(wanted, folder, silent, quick)).rejects.toMatchObject({ message: /SHA-256 is/ });
    expect(existsSync(join(folder, wanted.fileName))).toBe(false);
    expect((await downloadWeights(source(first, sha256), folder, silent, quick)).sha256).toBe(sha256);
  });

  it('says so when the server refuses, falls silent or cannot be reached, and keeps what it has', async () => {
    answer = (_request, response) => response.writeHead(403).end();
    await expect(downloadWeights(source(), folder, silent, quick)).rejects.toMatchObject({ message: /answer 403/ });
    answer = (_request, response) => {
      response.writeHead(200, { 'content-length': content.length });
      response.write(content.subarray(0, 500));
    };
    const failing = downloadWeights(source(), folder, silent, { ...quick, silenceMilliseconds: 100 });
    await expect(failing).rejects.toMatchObject({
      message: /cannot be reached/,
      remedy: /another computer|computer with internet/,
    });
    expect(existsSync(join(folder, `${source().fileName}.part`))).toBe(true);
    const absent = { ...source(), address: 'http://127.0.0.1:9/weights.pth' };
    await expect(downloadWeights(absent, folder, silent, quick)).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED' });
  });

  it('stops when it is cancelled, and the next try resumes', async () => {
    const controller = new AbortController();
    answer = (_request, response) => {
      response.writeHead(200, { 'content-length': content.length });
      response.write(content.subarray(0, 50_000));
    };
    const context = { signal: controller.signal, report: () => controller.abort() };
    await expect(downloadWeights(source(), folder, context, quick)).rejects.toMatchObject({ name: 'AbortError' });
    answer = whole;
    await downloadWeights(source(), folder, silent, quick);
    expect(requests.at(-1)).toMatch(/^bytes=[1-9]/);
  });
});
