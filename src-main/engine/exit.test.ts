import { describe, expect, it } from 'vitest';
import { explainExit, kernelKills, type ProcessExit } from './exit.ts';

const exit = (change: Partial<ProcessExit>): ProcessExit => ({
  code: null,
  signal: null,
  detail: '',
  kernelKilled: false,
  limited: false,
  ...change,
});

describe('a compute process that ended for want of memory', () => {
  it.each([
    ['a C++ allocation', exit({ signal: 'SIGABRT', detail: "terminate called after throwing 'std::bad_alloc'" })],
    [
      'JavaScript’s heap',
      exit({ code: 134, detail: 'FATAL ERROR: Reached heap limit - JavaScript heap out of memory' }),
    ],
    ['WebAssembly’s heap', exit({ code: 1, detail: 'RuntimeError: Aborted(OOM)' })],
    ['a library that did not check, under ulimit', exit({ signal: 'SIGSEGV', limited: true })],
    ['the kernel', exit({ signal: 'SIGKILL', kernelKilled: true })],
    ['a container’s limit, as Electron reports it', exit({ code: 137 })],
  ])('is recognised: %s', (_what, ended) => {
    const failure = explainExit(ended);
    expect(failure.code).toBe('OUT_OF_MEMORY');
    expect(failure.message).toContain('memory was not enough');
    expect(failure.kept).toContain('best epoch');
  });

  it('says that the system did it only where the kernel counted it', () => {
    expect(explainExit(exit({ signal: 'SIGKILL', kernelKilled: true })).message).toContain('the system ended');
    expect(explainExit(exit({ signal: 'SIGKILL' })).message).toContain('from outside');
  });

  it('is not confused with a crash', () => {
    const failure = explainExit(exit({ signal: 'SIGSEGV', detail: 'first line\nlast line' }));
    expect(failure.code).toBe('PROCESS_DIED');
    expect(failure.message).toContain('signal SIGSEGV: last line');
    const noisy =
      'Something fell over\nI0000 00:00:17 port.cc:153] oneDNN custom operations are on.\n19: 0x7f6b41e368f6';
    expect(explainExit(exit({ code: 1, detail: noisy })).message).toContain('exit code 1: Something fell over');
  });
});

it.runIf(process.platform === 'linux')('Linux tells how many processes it has ended', () => {
  expect(kernelKills()).toBeGreaterThanOrEqual(0);
});
