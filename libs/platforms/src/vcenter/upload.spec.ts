import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { testAuthority } from '#testing';
import { upload } from './upload.ts';

let authority: Awaited<ReturnType<typeof testAuthority>>;
let folder: string;
let server: Server;
beforeAll(async () => {
  authority = await testAuthority('esx');
  folder = await mkdtemp(path.join(tmpdir(), 'contractor-upload-'));
  await writeFile(path.join(folder, 'ova'), 'in front, a disk, and behind');
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => void server.close(resolve));
});
afterAll(async () => {
  await authority.remove();
  await rm(folder, { recursive: true });
});

/** Sends six bytes of an archive to a host that answers so. @returns how many bytes it was told have gone */
async function sendTo(answer: RequestListener): Promise<number> {
  const { cert, key } = await authority.sign('esx', 'IP:127.0.0.1');
  server = createServer({ cert: readFileSync(cert), key: readFileSync(key) }, answer);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const url = new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}/disk`);
  let gone = 0;
  const sent = (bytes: number): void => void (gone = bytes);
  const file = { name: 'disk.vmdk', offset: 10, size: 6 };
  await upload(path.join(folder, 'ova'), file, { url, method: 'PUT', signal: new AbortController().signal, sent });
  return gone;
}

it('a disk is sent as it lies in its archive', async () => {
  const seen: string[] = [];
  const sending = sendTo((request, response) => {
    void text(request).then((body) => {
      seen.push(`${request.method} ${request.headers['content-length']} ${body}`);
      response.writeHead(201).end();
    });
  });
  expect(await sending).toBe(6);
  expect(seen).toEqual(['PUT 6 a disk']);
});

it.each<[string, RequestListener]>([
  [
    'it answers with status 500',
    (request, response) => void request.resume().on('end', () => response.writeHead(500).end()),
  ],
  [
    'the connection was closed before it had answered',
    (request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('half of');
      request.resume().on('end', () => request.socket.destroy());
    },
  ],
  ['socket hang up', (request) => void request.resume().on('end', () => request.socket.destroy())],
])('a host of which no answer comes to its end is told: %s', async (text, answer) => {
  await expect(sendTo(answer)).rejects.toThrow(new RegExp(`^disk.vmdk can not be sent to 127.0.0.1:\\d+: ${text}$`));
});
