import { once } from 'node:events';
import { copyFile, readFile, rename, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { TestAuthority, TestPair } from '#testing';
import { testAuthority, until } from '#testing';
import { acceptCustomVerbs } from './custom-verbs.ts';
import { createDispatchingServer, httpDispatcher } from './dispatcher.ts';
import { createRedirectServer } from './redirect-server.ts';
import { TlsCertificate } from './tls-certificate.ts';
import { readTlsPair, UnusablePair } from './tls-pair.ts';

describe('the certificate of a server', () => {
  let authority: TestAuthority;
  let first: TestPair;
  let second: TestPair;
  const files = {
    certFile: path.join(tmpdir(), `t-${process.pid}.pem`),
    keyFile: path.join(tmpdir(), `t-${process.pid}.key`),
  };
  const put = async ({ cert, key }: TestPair): Promise<void> => {
    await replace(cert, files.certFile);
    await replace(key, files.keyFile);
  };
  /** In one step: nobody reads half a file. */
  const replace = async (by: string, file: string): Promise<void> => {
    await copyFile(by, `${file}.new`);
    await rename(`${file}.new`, file);
  };
  beforeAll(async () => {
    authority = await testAuthority('test authority');
    first = await authority.sign('first', 'DNS:localhost,IP:127.0.0.1');
    second = await authority.sign('second', 'DNS:localhost,IP:127.0.0.1');
    await put(first);
  });
  afterAll(() => authority.remove());

  it.each<[string, () => Promise<TestPair>, 'cert' | 'key', string]>([
    ['a certificate that is not there', async () => ({ ...first, cert: '/nowhere' }), 'cert', 'can be read: ENOENT'],
    ['a key in its place', async () => ({ ...first, cert: first.key }), 'cert', 'a certificate in PEM'],
    ['a certificate in place of the key', async () => ({ ...first, key: first.cert }), 'key', 'a private key in PEM'],
    [
      'the key of another one',
      async () => ({ ...first, key: second.key }),
      'key',
      'must be the key of the certificate',
    ],
  ])('is refused with %s', async (_, make, file, rule) => {
    const { cert, key } = await make();
    const read = () => readTlsPair({ certFile: cert, keyFile: key });
    expect(read).toThrow(UnusablePair);
    expect(read).toThrow(rule);
    try {
      read();
    } catch (error) {
      expect((error as UnusablePair).file).toBe(file);
    }
  });

  it('is read again while the server serves: a good one is used, a bad one is told and leaves the one before', async () => {
    const told: string[] = [];
    const certificate = new TlsCertificate(files, {
      lookMs: 20,
      onRenewed: ({ subject }) => told.push(subject),
      onRefused: (reason) => told.push(reason),
    });
    const metrics = { request: () => undefined };
    const dispatcher = httpDispatcher(
      [
        {
          name: 'echo',
          paths: /^/,
          handle: async ({ verb, source }) => ({ status: 200, headers: {}, text: `${verb} from ${source}` }),
        },
      ],
      metrics,
      undefined,
    );
    const server = createDispatchingServer(
      () => undefined,
      () => dispatcher,
      metrics,
      certificate,
    );
    acceptCustomVerbs(server, { fastPath: (asked) => dispatcher(asked, false) });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const ca = await readFile(authority.ca);
    const ask = (): Promise<string> =>
      new Promise((resolve, reject) => {
        const asking = request({ host: '127.0.0.1', port, ca, method: 'GET', agent: false }, (response) => {
          const { subject } = (response.socket as ReturnType<typeof connect>).getPeerCertificate();
          response.setEncoding('utf8').on('data', (text: string) => resolve(`${String(subject.CN)}: ${text}`));
        });
        asking.on('error', reject);
        asking.end();
      });
    expect(await ask()).toBe('first: GET from 127.0.0.1');

    // A connection that was there before goes on, with verbs of our own, also past the server.
    const socket = connect({ host: '127.0.0.1', port, ca, servername: 'localhost' });
    await once(socket, 'secureConnect');
    const list = async (): Promise<string> => {
      socket.write('LIST / HTTP/1.1\r\nHost: a\r\n\r\n');
      return String((await once(socket, 'data'))[0]);
    };
    expect(await list()).toContain('LIST from 127.0.0.1');
    expect(await list()).toContain('LIST from 127.0.0.1');

    await replace(second.cert, files.certFile);
    await until(() => told.length === 1);
    expect(told[0]).toBe(`${files.keyFile} must be the key of the certificate in ${files.certFile}`);
    expect(certificate.state).toMatchObject({ subject: 'CN=first', refused: told[0], expired: false });
    expect(await ask()).toBe('first: GET from 127.0.0.1');

    await replace(second.key, files.keyFile);
    await until(() => told.length === 2);
    expect(told[1]).toBe('CN=second');
    expect(certificate.state).toMatchObject({ subject: 'CN=second', refused: undefined });
    expect(await ask()).toBe('second: GET from 127.0.0.1');
    expect(await list()).toContain('LIST from 127.0.0.1');

    await writeFile(files.certFile, 'nonsense');
    certificate.reload();
    certificate.reload();
    expect(told.slice(2)).toEqual([`${files.certFile} must be a file with a certificate in PEM`]);
    socket.destroy();
    certificate.stop();
    server.close();
    await put(first);
  });

  it('is refused by a look only where the look before could not use it either', async () => {
    await put(first);
    const told: string[] = [];
    const certificate = new TlsCertificate(files, { onRefused: (reason) => told.push(reason) });
    jest.useFakeTimers();
    try {
      certificate.serve(createServer());
      await writeFile(files.keyFile, '');
      jest.advanceTimersToNextTimer();
      await put(first);
      jest.advanceTimersToNextTimer();
      expect([told, certificate.state.refused]).toEqual([[], undefined]);

      await writeFile(files.keyFile, '');
      jest.advanceTimersToNextTimer(3);
      const rule = `${files.keyFile} must be a file with a private key in PEM, without a passphrase`;
      expect([told, certificate.state.refused]).toEqual([[rule], rule]);
    } finally {
      certificate.stop();
      jest.useRealTimers();
      await put(first);
    }
  });

  it('is not needed on the plain port, which sends everybody on but for what it answers itself', async () => {
    const metrics = { request: () => undefined };
    const handle = async () => ({ status: 200, headers: {}, text: 'a document' });
    const dispatcher = httpDispatcher([{ name: 'config', paths: /^\/config\//, handle }], metrics, undefined);
    const server = createRedirectServer({ dispatcher: () => dispatcher, port: () => 8443 });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const asked = async (target: string, method = 'GET') => {
      const { status, headers } = await fetch(`${url}${target}`, { method, redirect: 'manual' });
      return `${status} ${headers.get('location') ?? ''}`;
    };
    expect(await asked('/config/boot_script/')).toBe('200 ');
    expect(await asked('/api/v1/Site/Site?a=b')).toBe('308 https://127.0.0.1:8443/api/v1/Site/Site?a=b');
    expect(await asked('/api/v1/', 'LIST')).toBe('308 https://127.0.0.1:8443/api/v1/');
    server.close();
  });
});
