import { afterEach, expect, it, vi } from 'vitest';
import { sendDropped } from './fileDrop.ts';

const files = ['a.png', 'study/b.dcm', 'c.png', 'd.png', 'e.png'].map((path) => ({
  path,
  file: new File(['x'], path),
}));
afterEach(() => vi.unstubAllGlobals());

it('sends each dropped file once into one batch, and tells how far it is', async () => {
  const sent: string[] = [];
  vi.stubGlobal('fetch', async (address: string) => {
    sent.push(address);
    return new Response('{}');
  });
  const progress: number[] = [];
  const batch = await sendDropped(files, (done) => progress.push(done), new AbortController().signal);
  expect(sent.sort()).toEqual(
    files.map(({ path }) => `/studies/dropped/${batch}?${new URLSearchParams({ path })}`).sort(),
  );
  expect(progress).toEqual([1, 2, 3, 4, 5]);
});

it('takes everything back from the host when one file is refused, in the host’s words', async () => {
  const sent: string[] = [];
  vi.stubGlobal('fetch', async (address: string, { method }: RequestInit) => {
    sent.push(String(method));
    if (!address.includes('b.dcm')) return new Response('{}');
    return Response.json({ code: 'INVALID_INPUT', message: 'too large', kept: '', remedy: '' }, { status: 404 });
  });
  await expect(sendDropped(files, () => undefined, new AbortController().signal)).rejects.toThrow('too large');
  expect(sent.at(-1)).toBe('DELETE');
  expect(sent.filter((method) => method === 'DELETE')).toHaveLength(1);
});
