import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, it } from '@jest/globals';
import { networkList } from './address-rules.ts';
import { GuardedRequests } from './guarded-request.ts';

it('a delivery fails where the receiver would speak something else than HTTP on the connection', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () =>
      socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n'),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const requests = new GuardedRequests({ allow: networkList(['127.0.0.1/32']), forbid: networkList([]) }, 5000);
  const { port } = server.address() as AddressInfo;
  const request = { method: 'POST', url: `http://127.0.0.1:${port}/`, headers: {}, body: '{}' };
  const { signal } = new AbortController();
  await expect(requests.send({ ...request, signal })).rejects.toThrow('the connection was closed without an answer');
  requests.close();
  server.close();
});
