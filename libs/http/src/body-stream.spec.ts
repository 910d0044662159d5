import { once } from 'node:events';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { until } from '#testing';
import type { BodyStream } from './body-stream.ts';
import { acceptCustomVerbs } from './custom-verbs.ts';
import { createDispatchingServer, httpDispatcher } from './dispatcher.ts';

const metrics = { request: () => undefined };
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A server as programs of ours serve, with a stream and a page, and a connection that has had its first answer. */
async function served() {
  const bodies: BodyStream[] = [];
  const dispatcher = httpDispatcher(
    [
      {
        name: 'stream',
        paths: /^\/stream/,
        streams: true,
        handle: async () => ({ status: 200, headers: { 'X-Stream': 'yes' }, stream: (body) => void bodies.push(body) }),
      },
      { name: 'page', paths: /^\/page/, handle: async () => ({ status: 200, headers: {}, text: 'page' }) },
    ],
    metrics,
    undefined,
  );
  const server = createDispatchingServer(
    (_, response) => void response.end(),
    () => dispatcher,
    metrics,
  );
  acceptCustomVerbs(server, { fastPath: (request) => dispatcher(request, false) });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket: Socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  let received = '';
  const read = (bytes: Buffer): void => void (received += String(bytes));
  socket.on('data', read);
  closing.push(() => {
    socket.destroy();
    server.close();
    server.closeAllConnections();
  });
  const ask = (target: string) => socket.write(`GET ${target} HTTP/1.1\r\nHost: x\r\n\r\n`);
  const got = (text: string) => until(() => received.includes(text));
  ask('/page');
  await got('page');
  const open = async (): Promise<BodyStream> => {
    ask('/stream');
    await until(() => bodies.length === 1);
    return bodies[0] as BodyStream;
  };
  return { server, socket, ask, got, open, received: () => received };
}

describe('a body that goes on', () => {
  it('is written in chunks as it comes, also where others are answered past the server, and then the connection goes on', async () => {
    const { ask, got, open, received } = await served();
    const body = await open();
    body.write('one\n');
    await got('X-Stream: yes');
    await got('4\r\none\n\r\n');
    body.write('two\n');
    await got('4\r\ntwo\n\r\n');
    body.end();
    await got('0\r\n\r\n');
    expect(body.closed).toBe(true);
    body.write('three');
    ask('/page');
    await until(() => received().split('page').length === 3);
    expect(received()).not.toContain('three');
  });

  it('tells how much waits for a client that does not read, and when it has read', async () => {
    const { socket, open } = await served();
    const body = await open();
    socket.pause();
    const text = 'x'.repeat(1024 * 1024);
    for (let n = 0; n < 64 && body.pending === 0; n += 1) {
      body.write(text);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(body.pending).toBeGreaterThan(0);
    const drained = body.drained();
    socket.resume();
    await drained;
    await until(() => body.pending === 0);
  });

  it('is closed when the client goes, and ends the connection when it is cut off', async () => {
    const first = await served();
    const body = await first.open();
    const gone = new Promise<void>((resolve) => body.whenClosed(resolve));
    first.socket.destroy();
    await gone;
    expect(body.closed).toBe(true);
    let told = false;
    body.whenClosed(() => (told = true));
    await body.drained();
    expect(told).toBe(true);

    const second = await served();
    const ended = once(second.socket, 'close');
    (await second.open()).destroy();
    await ended;
  });
});
