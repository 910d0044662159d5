import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { reachEngine } from './engine.ts';

describe('connections to an engine', () => {
  let server: Server;
  const heard = { connections: 0, requests: 0 };
  const engineWith = async (answer: RequestListener) => {
    Object.assign(heard, { connections: 0, requests: 0 });
    server = createServer((request, response) => {
      heard.requests += 1;
      answer(request, response);
    });
    server.on('connection', () => (heard.connections += 1));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const endpoint = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return reachEngine({ host: 'unused', endpoint }, {}, new AbortController().signal);
  };
  const ping = { method: 'GET', path: '/_ping' } as const;
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it('are kept for the next request', async () => {
    const { ask } = await engineWith((_, response) => response.end('"OK"'));
    expect([await ask(ping), await ask(ping)]).toEqual(['OK', 'OK']);
    expect(heard).toEqual({ connections: 1, requests: 2 });
  });

  it('are made anew where the engine closes one that was kept', async () => {
    const { ask } = await engineWith((request, response) => {
      if (heard.requests === 2) request.socket.destroy();
      else response.end('"OK"');
    });
    expect([await ask(ping), await ask(ping)]).toEqual(['OK', 'OK']);
    expect(heard).toEqual({ connections: 2, requests: 3 });
  });

  it('are not tried again where the engine closes a new one', async () => {
    const { ask } = await engineWith(({ socket }) => socket.destroy());
    await expect(ask(ping)).rejects.toThrow(/the Docker engine at tcp:\S+ cannot be reached: socket hang up/);
    expect(heard).toEqual({ connections: 1, requests: 1 });
  });
});
