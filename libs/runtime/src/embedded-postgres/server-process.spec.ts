import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { expect, it } from '@jest/globals';
import { testDatabase } from '#testing';
import { freePort, launch, ready } from './server-process.ts';

/** What PostgreSQL says to whoever has connected: that it takes queries, and then that it ends. */
const ENDING = Buffer.concat([
  message('R', Buffer.from([0, 0, 0, 0])),
  message('Z', Buffer.from('I')),
  message('E', Buffer.from('SFATAL\0VFATAL\0C57P01\0Mterminating connection due to unexpected postmaster exit\0\0')),
]);

function message(type: string, body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
}

it('tries again where the server ends between two steps, and the process goes on', async () => {
  const database = await testDatabase();
  const real = new URL(database.url);
  let connections = 0;
  const server = createServer((socket: Socket) => {
    socket.on('error', () => undefined);
    connections += 1;
    if (connections < 3) {
      socket.once('data', () => socket.end(ENDING));
      return;
    }
    const behind = connect(Number(real.port), real.hostname);
    behind.on('error', () => undefined);
    socket.pipe(behind).pipe(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(database.url);
  url.port = String((server.address() as AddressInfo).port);
  await ready(url.href, url.pathname.slice(1), '/nowhere', undefined);
  expect(connections).toBe(3);
  server.close();
  await database.drop();
});

it('says so where there is no process for the server, and the process goes on', async () => {
  const port = await freePort();
  const launched = await launch('/nowhere', undefined, tmpdir(), port);
  const answers = ready(`postgres://nobody@127.0.0.1:${port}/postgres`, 'contractor', tmpdir(), launched);
  await expect(answers).rejects.toThrow('the embedded PostgreSQL cannot be started: spawn /nowhere/postgres ENOENT');
});
