import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { httpRequest } from './http-request.ts';

describe('a request over HTTP', () => {
  let server: Server;
  let answer: string;
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  beforeEach(async () => {
    server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(answer));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => void server.close());

  it('is answered', async () => {
    answer = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
    expect(await httpRequest({ method: 'GET', url: url(), timeoutMs: 5000 })).toMatchObject({
      status: 200,
      text: 'ok',
    });
  });

  it('fails where the server closes the connection, or would speak something else on it', async () => {
    for (const said of ['', 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n']) {
      answer = said;
      await expect(httpRequest({ method: 'GET', url: url(), timeoutMs: 5000 })).rejects.toThrow(
        /socket hang up|the connection was closed without an answer/,
      );
    }
  });
});
