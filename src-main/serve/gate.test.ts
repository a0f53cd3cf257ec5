import { describe, expect, it } from 'vitest';
import { decide, type GateRequest } from './gate.ts';

const own = { port: 4711, token: 'secret-token' };
const good: GateRequest = {
  method: 'POST',
  url: '/rpc/project/current',
  host: '127.0.0.1:4711',
  origin: 'http://127.0.0.1:4711',
  fetchSite: 'same-origin',
  cookie: 'parenchyma-4711=secret-token',
};

describe('the gate of the loopback shell', () => {
  it('lets its own page in', () => {
    expect(decide(good, own)).toEqual({ kind: 'allow' });
    expect(decide({ ...good, host: 'localhost:4711', origin: 'http://localhost:4711' }, own)).toEqual({
      kind: 'allow',
    });
  });

  it('turns the token of the printed address into a cookie and takes it out of the address', () => {
    const decision = decide(
      {
        ...good,
        method: 'GET',
        url: '/?token=secret-token&view=a',
        origin: undefined,
        cookie: undefined,
        fetchSite: 'none',
      },
      own,
    );
    expect(decision).toMatchObject({ kind: 'admit', location: '/?view=a' });
    expect(decision.kind === 'admit' && decision.setCookie).toMatch(/HttpOnly; SameSite=Strict/);
  });

  it('refuses DNS rebinding: a foreign name that resolves to 127.0.0.1', () => {
    expect(decide({ ...good, host: 'evil.example:4711' }, own)).toMatchObject({ kind: 'refuse', status: 421 });
    expect(decide({ ...good, host: undefined }, own)).toMatchObject({ kind: 'refuse', status: 421 });
  });

  it('refuses cross-site request forgery even with the cookie', () => {
    expect(decide({ ...good, origin: 'http://evil.example' }, own)).toMatchObject({ kind: 'refuse', status: 403 });
    expect(decide({ ...good, origin: 'null' }, own)).toMatchObject({ kind: 'refuse', status: 403 });
    expect(
      decide({ ...good, method: 'GET', url: '/images/1/pixels', origin: undefined, fetchSite: 'cross-site' }, own),
    ).toMatchObject({ status: 403 });
  });

  it('refuses another port of this machine as origin', () => {
    expect(decide({ ...good, origin: 'http://127.0.0.1:8080' }, own)).toMatchObject({ kind: 'refuse', status: 403 });
  });

  it('refuses another user of the machine, who has no token', () => {
    expect(decide({ ...good, cookie: undefined }, own)).toMatchObject({ kind: 'refuse', status: 401 });
    expect(decide({ ...good, cookie: 'parenchyma-4711=guess' }, own)).toMatchObject({ kind: 'refuse', status: 401 });
    expect(decide({ ...good, cookie: 'parenchyma-4711=' }, own)).toMatchObject({ kind: 'refuse', status: 401 });
    expect(decide({ ...good, cookie: 'parenchyma-4712=secret-token' }, own)).toMatchObject({
      kind: 'refuse',
      status: 401,
    });
    expect(decide({ ...good, method: 'GET', url: '/?token=wrong' }, own)).toMatchObject({
      kind: 'refuse',
      status: 401,
    });
  });

  it('never redirects out of itself', () => {
    const decision = decide({ ...good, method: 'GET', url: '//evil.example/?token=secret-token' }, own);
    expect(decision.kind === 'admit' ? decision.location : '').not.toMatch(/^\/\//);
  });
});
