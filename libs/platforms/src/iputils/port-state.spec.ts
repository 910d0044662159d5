import { spawn } from 'node:child_process';
import { getEventListeners, once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { portState, stateOfFailure } from './port-state.ts';

const failure = (code?: string) => Object.assign(new Error(`failed with ${code}`), { code });

/** Listens with room for one or two connections in the kernel's queue, and never takes one out of it. */
const deafListener = `
  const server = require('node:net').createServer().listen(0, '127.0.0.1', 1, () => {
    require('node:fs').writeSync(1, String(server.address().port));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
`;

describe('the state of a port', () => {
  it('is open while somebody listens, closed afterwards', async () => {
    const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await portState('127.0.0.1', port)).toBe('open');
    server.close();
    await once(server, 'close');
    expect(await portState('127.0.0.1', port)).toBe('closed');
    expect(await portState('localhost', port)).toBe('closed');
  });

  it('is "timeout" where nobody answers in time', async () => {
    const deaf = spawn(process.execPath, ['-e', deafListener], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const [line] = (await once(deaf.stdout, 'data')) as [Buffer];
      const port = Number(line.toString());
      const queued = [1, 2, 3].map(() => connect({ host: '127.0.0.1', port }).on('error', () => undefined));
      await once(queued[0]!, 'connect');
      expect(await portState('127.0.0.1', port, undefined, 150)).toBe('timeout');
      for (const socket of queued) socket.destroy();
    } finally {
      deaf.kill('SIGKILL');
      await once(deaf, 'exit');
    }
  });

  it('is an exception where the port is none', async () => {
    expect(await portState('127.0.0.1', 70_000)).toMatch(/^exception: ".*70000.*"\(RangeError\)$/);
  });

  it('is an exception when it is told to end', async () => {
    expect(await portState('127.0.0.1', 9, AbortSignal.abort())).toMatch(/^exception: "The operation was aborted"/);
  });

  it('is an exception when it is told to end half-way', async () => {
    const stopping = new AbortController();
    // A documentation address: nobody is there to answer.
    const looking = portState('192.0.2.1', 9, stopping.signal);
    stopping.abort();
    expect(await looking).toBe('exception: "The operation was aborted"(AbortError)');
  });

  it('lets go of the signal after each look, whatever it saw', async () => {
    const { signal } = new AbortController();
    const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    for (let look = 0; look < 200; look += 1) await portState('127.0.0.1', port, signal);
    server.close();
    await once(server, 'close');
    for (let look = 0; look < 200; look += 1) await portState('127.0.0.1', port, signal);
    await portState('127.0.0.1', 70_000, signal);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it.each([
    ['timeout', failure('ETIMEDOUT')],
    ['no route to host', failure('EHOSTUNREACH')],
    ['closed', failure('ECONNREFUSED')],
    ['closed', failure('ENOTFOUND')],
    ['closed', new AggregateError([failure('ECONNREFUSED'), failure('EHOSTUNREACH')])],
    ['timeout', new AggregateError([failure('ETIMEDOUT'), failure('ETIMEDOUT')])],
    ['exception: "failed with undefined"(Error)', failure()],
  ])('is "%s" after %p', (state, error) => {
    expect(stateOfFailure(error)).toBe(state);
  });
});
