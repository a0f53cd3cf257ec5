import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { inspectWeights } from './inspect.ts';
import { openWeights } from './reader.ts';
import { runPickle } from './torch/pickle.ts';

const fixtures = join(import.meta.dirname, '../../../test/fixtures/weights');
const folder = mkdtempSync(join(tmpdir(), 'parenchyma-reader-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function pickle(...bytes: (number | string)[]): Buffer {
  return Buffer.concat(bytes.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.of(part))));
}

describe('the weights worker', () => {
  it('reads a file tensor by tensor, and its hash between', async () => {
    const file = await openWeights(join(fixtures, 'zip.pth'));
    const [values, sha256] = await Promise.all([file.read('features.0.bias'), file.sha256()]);
    expect(values).toHaveLength(4);
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    await file.close();
  });

  it('gives refusals with their code through the thread', async () => {
    const path = join(folder, 'evil.pth');
    writeFileSync(path, pickle(0x80, 2, 'cos\nsystem\n', 'X', 2, 0, 0, 0, 'id', 0x85, 'R.'));
    await expect(openWeights(path)).rejects.toMatchObject({ code: 'UNSAFE', message: /os\.system/ });
    expect(await inspectWeights(path)).toMatchObject({ kind: 'rejected', code: 'UNSAFE' });
    await expect(openWeights(join(folder, 'absent.pth'))).rejects.toMatchObject({ code: 'UNREADABLE' });
  });

  it('ends a file that takes too long', async () => {
    await expect(openWeights(join(fixtures, 'zip.pth'), { milliseconds: 1, heapMegabytes: 256 })).rejects.toMatchObject(
      { code: 'TOO_LARGE', message: /longer than/ },
    );
  });

  it('ends a file that takes too much memory', async () => {
    // Sixteen million bytes of marks, one array slot each, do not fit the heap given here.
    const path = join(folder, 'greedy.pth');
    writeFileSync(path, Buffer.concat([Buffer.of(0x80, 2), Buffer.alloc(1_500_000, ']'), Buffer.from('.')]));
    await expect(openWeights(path, { milliseconds: 60_000, heapMegabytes: 24 })).rejects.toMatchObject({
      code: 'TOO_LARGE',
    });
  });
});

describe('the pickle machine', () => {
  it.each([
    ['an instruction that makes objects of classes', pickle('(c__main__\nThing\n', 'o.')],
    ['a name outside the list, by stack', pickle(0x80, 4, 0x8c, 2, 'os', 0x8c, 6, 'system', 0x93, '.')],
    ['a name that every JavaScript object has', pickle('cconstructor\nconstructor\n.')],
    ['a call of something that is no function', pickle('N', ')', 'R.')],
    ['a memo entry that was never made', pickle('h', 7, '.')],
    ['a mark that was never set', pickle('t.')],
    ['a program without an end', pickle(0x80, 2, 'N')],
    ['bytes that claim to be longer than the file', pickle(0x8e, 255, 255, 255, 255, 255, 255, 255, 255)],
    ['more than one object at the end', pickle('NN.')],
  ])('refuses %s', (_what, program) => {
    expect(() => runPickle(program)).toThrow();
  });

  it('takes lists that hold themselves, and counts what it makes', () => {
    expect(() => runPickle(pickle(']', 'q', 0, 'h', 0, 'a.'))).not.toThrow();
    expect(() => runPickle(Buffer.alloc(3_000_000, 'N'))).toThrow(/too many objects/);
    expect(() => runPickle(Buffer.concat([Buffer.alloc(2_100_000, 'N0'), Buffer.from('N.')]))).toThrow(/instructions/);
  });
});
