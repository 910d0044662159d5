import { execFile } from 'node:child_process';
import type { Socket } from 'node:dgram';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:http';
import { connect } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { silentLogger } from '#kernel';
import { until } from '#testing';
import { BootFiles } from '../src/files/boot-files.ts';
import { serveHttpFiles } from '../src/files/http-files.ts';
import { readTftp } from '../src/files/tftp-packets.ts';
import type { FileServer } from '../src/files/tftp-server.ts';
import { MAX_TRANSFERS_EACH, serveTftp } from '../src/files/tftp-server.ts';
import type { ServedRequest } from '../src/trace/boot-request.ts';

const run = promisify(execFile);
const HOST = '127.0.0.1';

let folder: string;
let tftp: FileServer;
let http: FileServer;
const kernel = Buffer.from(Array.from({ length: 100_000 }, (_, n) => (n * 7) & 0xff));
const noted: ServedRequest[] = [];
/** The n-th request since the test began, once it is over. */
const nth = async (n: number): Promise<ServedRequest | undefined> => {
  await until(() => noted.length >= n);
  return noted[n - 1];
};
const kept = (name: string): Promise<Buffer> => readFile(path.join(folder, name));

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'contractor-files-'));
  await writeFile(path.join(folder, 'vmlinuz'), kernel);
  await writeFile(path.join(folder, 'even'), kernel.subarray(0, 1024));
  await writeFile(path.join(folder, 'empty'), '');
  const options = {
    at: { address: HOST, port: 0 },
    files: new BootFiles(folder),
    note: (one: ServedRequest) => void noted.push(one),
    log: silentLogger,
  };
  tftp = await serveTftp(options);
  http = await serveHttpFiles(options);
});
beforeEach(() => void (noted.length = 0));
afterAll(async () => {
  await tftp.stop();
  await http.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('TFTP', () => {
  const asCurl = (name: string, ...more: readonly string[]) =>
    run('curl', ['-s', '-o', path.join(folder, 'got'), ...more, `tftp://${HOST}:${tftp.port}/${name}`]);

  it.each([
    ['vmlinuz', 100_000],
    ['even', 1024],
  ])('sends %s to curl, whole', async (name, size) => {
    await asCurl(name);
    expect((await kept('got')).equals(kernel.subarray(0, size))).toBe(true);
    expect(await nth(1)).toMatchObject({
      address: HOST,
      kind: 'tftp',
      what: name,
      outcome: 'served',
      size,
      detail: '',
    });
  });

  // curl 7.88 cannot fetch a file that is empty.
  it.each([
    ['/vmlinuz', 100_000],
    ['empty', 0],
  ])('sends %s to busybox, in larger blocks', async (name, size) => {
    const into = path.join(folder, 'got');
    await run('busybox', ['tftp', '-g', '-b', '1400', '-r', name, '-l', into, HOST, String(tftp.port)]);
    expect((await kept('got')).equals(kernel.subarray(0, size))).toBe(true);
    expect(await nth(1)).toMatchObject({ what: name, outcome: 'served', size });
  });

  it('has nothing for who asks for what there is not, or wants to write', async () => {
    await expect(asCurl('nothing')).rejects.toMatchObject({ code: 68 });
    expect(await nth(1)).toMatchObject({ what: 'nothing', outcome: 'missing', size: 0 });
    await expect(asCurl('../etc/passwd', '--path-as-is')).rejects.toMatchObject({ code: 69 });
    expect(await nth(2)).toMatchObject({ outcome: 'refused', detail: 'it is outside the folder' });
    await expect(
      run('curl', ['-s', '-T', path.join(folder, 'even'), `tftp://${HOST}:${tftp.port}/x`]),
    ).rejects.toThrow();
  });

  describe('with a client of its own', () => {
    let client: Socket;
    const ask = (name: string, ...options: readonly string[]) =>
      client.send(Buffer.from(`\0\u0001${[name, 'octet', ...options, ''].join('\0')}`), tftp.port, HOST);
    const hear = async () => {
      const [packet, from] = (await once(client, 'message')) as [Buffer, { readonly port: number }];
      return { packet, port: from.port };
    };
    beforeEach(async () => {
      client = createSocket('udp4');
      client.bind(0, HOST);
      await once(client, 'listening');
    });
    afterEach(() => void client.close());

    it('sends several blocks at a time, and again what was lost', async () => {
      const got: Buffer[] = [];
      ask('vmlinuz', 'blksize', '1000', 'windowsize', '4', 'tsize', '0');
      const { packet, port } = await hear();
      expect(packet.toString('latin1', 2).split('\0')).toEqual([
        'blksize',
        '1000',
        'windowsize',
        '4',
        'tsize',
        '100000',
        '',
      ]);
      const acknowledge = (block: number) => client.send(Buffer.of(0, 4, block >> 8, block & 255), port, HOST);
      let losses = 0;
      const done = new Promise<void>((resolve) => {
        let since = 0;
        client.on('message', (data) => {
          const block = data.readUInt16BE(2);
          if (block === got.length + 1 && (block % 10 !== 0 || losses++ % 2 === 1)) {
            got.push(data.subarray(4));
            since += 1;
          }
          if (data.length < 1004 && block === got.length) {
            acknowledge(block);
            resolve();
          } else if (since === 4 || (block - 1) % 4 === 3) {
            acknowledge(got.length);
            since = 0;
          }
        });
      });
      acknowledge(0);
      await done;
      expect(Buffer.concat(got).equals(kernel)).toBe(true);
      expect(await nth(1)).toMatchObject({ outcome: 'served', size: 100_000 });
    });

    it('says how large a file is to a client that wants to know no more', async () => {
      ask('vmlinuz', 'tsize', '0');
      const { port } = await hear();
      client.send(Buffer.from('\0\u0005\0\u0008User aborted\0'), port, HOST);
      expect(await nth(1)).toMatchObject({ outcome: 'broken off', size: 0, detail: 'the client: User aborted' });
    });

    it('makes so many transfers to one address and no more', async () => {
      const others: Socket[] = [];
      await until(() => tftp.active() === 0);
      for (let n = 0; n < MAX_TRANSFERS_EACH + 2; n += 1) {
        const other = createSocket('udp4');
        others.push(other);
        other.send('\0\u0001vmlinuz\0octet\0tsize\u00000\0', tftp.port, HOST);
        if (n < MAX_TRANSFERS_EACH) await once(other, 'message');
      }
      // One answer after them: all were taken in.
      client.send(Buffer.from('\0\u0002new\0octet\0'), tftp.port, HOST);
      expect(readTftp((await hear()).packet)).toMatchObject({ kind: 'error', code: 2 });
      expect(tftp.active()).toBe(MAX_TRANSFERS_EACH);
      for (const other of others) other.close();
      await until(() => tftp.active() === 0);
      expect(noted).toHaveLength(MAX_TRANSFERS_EACH);
    });

    it('refuses texts that are made fit for some machine', async () => {
      client.send(Buffer.from('\0\u0001even\0netascii\0'), tftp.port, HOST);
      expect(readTftp((await hear()).packet)).toEqual({
        kind: 'error',
        code: 4,
        text: 'only the mode octet is served',
      });
    });
  });
});

describe('HTTP', () => {
  const get = async (name: string, headers: Readonly<Record<string, string>> = {}, method = 'GET') => {
    const asked = request({ host: HOST, port: http.port, path: name, headers, method }).end();
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    const parts: Buffer[] = [];
    for await (const part of answer) parts.push(part as Buffer);
    return { status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(parts) };
  };
  const IPXE = { 'User-Agent': 'iPXE/1.0.0+git-20190125' };

  it('has served who goes as soon as the last octet is there', async () => {
    for (let times = 1; times <= 50; times += 1) {
      const client = connect(http.port, HOST);
      client.write(`GET /vmlinuz HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`);
      let got = Buffer.alloc(0);
      for await (const part of client) {
        got = Buffer.concat([got, part as Buffer]);
        const body = got.indexOf('\r\n\r\n') + 4;
        if (got.length - body >= kernel.length) break;
      }
      expect(await nth(times)).toMatchObject({ outcome: 'served', size: kernel.length, detail: '' });
    }
  });

  it('sends files, and parts of them', async () => {
    const whole = await get('/vmlinuz');
    expect([whole.status, whole.headers['content-length'], whole.body.equals(kernel)]).toEqual([200, '100000', true]);
    expect(await nth(1)).toMatchObject({
      kind: 'http',
      what: '/vmlinuz',
      outcome: 'served',
      size: 100_000,
      detail: '',
    });
    const part = await get('/vmlinuz', { Range: 'bytes=10-19' });
    expect([part.status, part.body.equals(kernel.subarray(10, 20))]).toEqual([206, true]);
    expect(await nth(2)).toMatchObject({ size: 10, detail: '206 bytes 10-19/100000' });
    const same = await get('/vmlinuz', { 'If-None-Match': String(whole.headers['etag']) });
    expect([same.status, same.body.length]).toEqual([304, 0]);
    const head = await get('/vmlinuz', {}, 'HEAD');
    expect([head.status, head.headers['content-length'], head.body.length]).toEqual([200, '100000', 0]);
  });

  it.each([
    ['GET', '/nothing', 404, 'there is no such file'],
    ['GET', '/', 403, 'no file is named'],
    ['GET', '/../etc/passwd', 403, 'it is outside the folder'],
    ['GET', '/%2e%2e/etc/passwd', 403, 'it is outside the folder'],
    ['GET', '/%zz', 404, 'there is no such file'],
    ['POST', '/vmlinuz', 405, 'the method is POST'],
    ['GET', 'http://elsewhere/vmlinuz', 400, 'this is no proxy'],
  ])('%s %s is answered %i: %s', async (method, name, status, reason) => {
    const answer = await get(name, {}, method);
    expect([answer.status, answer.body.toString()]).toEqual([status, `${reason}\n`]);
    expect(await nth(1)).toMatchObject({ outcome: status === 404 ? 'missing' : 'refused', detail: reason });
  });

  it('gives iPXE a script that it can run where there is none', async () => {
    for (const [name, reason] of [
      ['/menu.ipxe', 'there is no such file'],
      ['/config/boot_script/', 'there is no such file'],
    ] as const) {
      const { status, headers, body } = await get(name, IPXE);
      expect([status, body.toString()]).toEqual([200, `#!ipxe\n\necho ${name}: ${reason}\nsleep 10\nexit 1\n`]);
      expect(headers['content-length']).toBe(String(body.length));
    }
    expect(noted.map(({ outcome }) => outcome)).toEqual(['missing', 'missing']);
    expect(await get('/vmlinux', IPXE)).toMatchObject({ status: 404 });
  });
});
