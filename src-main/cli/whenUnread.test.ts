import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { whenUnread } from './whenUnread.ts';

const broken = (code: string) =>
  new Writable({ write: (_chunk, _encoding, done) => done(Object.assign(new Error(code), { code })) });
const written = (stream: Writable) => new Promise((done) => stream.write('words', done));

it('ends what nobody reads any more, without an error', async () => {
  const output = broken('EPIPE');
  const unread = whenUnread(output, new Writable());
  await written(output);
  expect(unread.aborted).toBe(true);
});

it('goes on where only the words for a person are lost', async () => {
  const words = broken('EPIPE');
  const unread = whenUnread(new Writable(), words);
  await written(words);
  expect(unread.aborted).toBe(false);
});
