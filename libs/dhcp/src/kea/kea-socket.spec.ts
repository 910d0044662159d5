import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { keaSocket, KeaRefusal, KeaUnreachable } from './kea-socket.ts';

describe('the control socket of Kea', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'contractor-kea-'));
    file = path.join(folder, 'kea.sock');
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** Asks one that does so with the request. */
  const asking = async (answer: (request: string, socket: Socket) => void, ask: () => Promise<void>) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (data: Buffer) => answer(data.toString(), socket));
    }).listen(file);
    await once(server, 'listening');
    await ask();
    server.close();
  };

  it('answers with what was asked for', async () => {
    const answer = { result: 0, arguments: { pid: 7 } };
    await asking(
      (request, socket) => {
        expect(JSON.parse(request)).toEqual({ command: 'config-get', arguments: { a: 1 } });
        socket.end(JSON.stringify(answer));
      },
      async () => expect(await keaSocket(file)('config-get', { a: 1 })).toEqual({ pid: 7 }),
    );
  });

  it('answers with nothing where there is none', async () => {
    await asking(
      (_, socket) => socket.end('{"result":3,"text":"0 IPv4 lease(s) found."}'),
      async () => expect(await keaSocket(file)('lease4-get-all')).toBeNull(),
    );
  });

  it('refuses in the words of Kea', async () => {
    await asking(
      (_, socket) => socket.end('{"result":1,"text":"subnet configuration failed"}'),
      async () => {
        const refused = keaSocket(file)('config-test', {});
        await expect(refused).rejects.toThrow(KeaRefusal);
        await expect(refused).rejects.toThrow('subnet configuration failed');
      },
    );
  });

  it.each([
    ['is cut off', (socket: Socket) => void socket.end('{"result":'), 'with something that is no JSON'],
    ['does not come', () => undefined, 'no answer within 0.05 s'],
  ])('is told apart where the answer %s', async (_, answer, words) => {
    await asking(
      (_request, socket) => answer(socket),
      async () => {
        const asked = keaSocket(file, 50)('status-get');
        await expect(asked).rejects.toThrow(KeaUnreachable);
        await expect(asked).rejects.toThrow(words);
      },
    );
  });

  it('is told apart where it is not there', async () => {
    await expect(keaSocket(file)('status-get')).rejects.toThrow(`${file}: the socket is not there`);
  });
});
