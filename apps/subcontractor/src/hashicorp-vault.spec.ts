import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { hashicorpVault } from './hashicorp-vault.ts';

const never = new AbortController().signal;
const ENTRY = { data: { data: { username: 'root', password: 'geheim', port: 22 }, metadata: { version: 1 } } };

/** Answers as a vault does. */
const vaultAnswers: http.RequestListener = (request, response) => {
  const say = (status: number, body: unknown) => response.writeHead(status).end(JSON.stringify(body));
  if (request.url === '/v1/secret/data/hang') return;
  if (request.headers['x-vault-token'] !== 'token1') say(403, { errors: ['permission denied'] });
  else if (request.url === '/v1/secret/data/oven1') say(200, ENTRY);
  else if (request.url === '/v1/kv1/oven1') say(200, { data: { username: 'root' } });
  else if (request.url === '/v1/secret/data/deleted') say(200, { data: { data: null } });
  else if (request.url === '/v1/secret/data/odd') response.end('<html>');
  else say(404, { errors: [] });
};

describe('a vault of HashiCorp', () => {
  let folder: string;
  let plain: http.Server;
  let secure: https.Server;
  let proxy: http.Server;
  let passed: string[];
  const urlOf = (server: http.Server | https.Server, scheme: string) =>
    `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'vault-'));
    const [key, cert] = [path.join(folder, 'key'), path.join(folder, 'cert')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const options = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', cert];
    execFileSync('openssl', [...options, ...subject], { stdio: 'ignore' });
    plain = http.createServer(vaultAnswers);
    secure = https.createServer({ key: await readFile(key), cert: await readFile(cert) }, vaultAnswers);
    proxy = http.createServer((request, response) => {
      passed.push(`${request.method} ${request.url} ${request.headers['proxy-authorization'] ?? ''}`);
      const onward = http.request(request.url ?? '', { method: request.method, headers: request.headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502);
        answer.pipe(response);
      });
      request.pipe(onward);
    });
    proxy.on('connect', (request, socket) => {
      passed.push(`CONNECT ${request.headers['proxy-authorization'] ?? ''}`);
      const [host, port] = (request.url ?? '').split(':');
      const onward = connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        socket.pipe(onward).pipe(socket);
      });
      onward.on('error', () => socket.destroy());
      socket.on('error', () => onward.destroy());
    });
    for (const server of [plain, secure, proxy]) await once(server.listen(0, '127.0.0.1'), 'listening');
  });
  afterAll(async () => {
    for (const server of [plain, secure, proxy]) {
      server.closeAllConnections();
      server.close();
    }
    await rm(folder, { recursive: true });
  });
  beforeEach(() => {
    passed = [];
  });

  const vault = (settings: Partial<Parameters<typeof hashicorpVault>[0]> = {}) =>
    hashicorpVault({ url: urlOf(plain, 'http'), token: 'token1', verifyTls: true, ...settings });
  const found = async (from: ReturnType<typeof vault>, name = '/v1/secret/data/oven1') =>
    Object.fromEntries(Object.entries(await from.read(name, never)).map(([key, value]) => [key, value.reveal()]));

  it('gives what it has under a path, as secrets', async () => {
    expect(await found(vault())).toEqual({ username: 'root', password: 'geheim', port: '22' });
    expect(JSON.stringify(await vault().read('/v1/secret/data/oven1', never))).not.toContain('geheim');
  });

  it('is believed over TLS only with a good certificate, unless that is not wanted', async () => {
    const url = urlOf(secure, 'https');
    await expect(found(vault({ url }))).rejects.toThrow(/^the vault https:.* was not reached: self-signed certificate/);
    expect(await found(vault({ url, verifyTls: false }))).toMatchObject({ password: 'geheim' });
  });

  it('is reached through a proxy, which sees nothing of what is said over TLS', async () => {
    const port = (proxy.address() as AddressInfo).port;
    const through = `http://me:p%40ss@127.0.0.1:${port}`;
    const basic = `Basic ${Buffer.from('me:p@ss').toString('base64')}`;
    expect(await found(vault({ proxy: through }))).toMatchObject({ password: 'geheim' });
    expect(await found(vault({ url: urlOf(secure, 'https'), verifyTls: false, proxy: through }))).toMatchObject({
      username: 'root',
    });
    expect(passed).toEqual([`GET ${urlOf(plain, 'http')}/v1/secret/data/oven1 ${basic}`, `CONNECT ${basic}`]);
  });

  it.each([
    ['/v1/secret/data/nothing', 'the vault answers 404 for /v1/secret/data/nothing: there is no such entry'],
    ['/v1/kv1/oven1', 'the vault has nothing of version 2 of its engine for keys and values under /v1/kv1/oven1'],
    ['/v1/secret/data/deleted', 'the vault has nothing of version 2'],
    ['/v1/secret/data/odd', 'the vault has nothing of version 2'],
    ['@evil.example/', 'the path in the vault must begin with one "/"'],
    ['//evil.example/', 'the path in the vault must begin with one "/"'],
    ['', 'the path in the vault must begin with one "/"'],
  ])('says what is wrong with %j', async (name, text) => {
    await expect(found(vault(), name)).rejects.toThrow(text);
  });

  it('says that it lets nobody in with this token, that it is away, and that it does not answer in time', async () => {
    await expect(found(vault({ token: 'other' }))).rejects.toThrow(
      'the vault answers 403 for /v1/secret/data/oven1: permission denied',
    );
    await expect(found(vault({ url: 'http://127.0.0.1:1' }))).rejects.toThrow(
      'the vault http://127.0.0.1:1 was not reached: connect ECONNREFUSED',
    );
    await expect(found(vault({ timeoutMs: 50 }), '/v1/secret/data/hang')).rejects.toThrow('no answer within 0.05 s');
  });

  it('is not waited for when the task ends', async () => {
    const stop = new AbortController();
    const asked = vault().read('/v1/secret/data/hang', stop.signal);
    stop.abort(new Error('the agent stops'));
    await expect(asked).rejects.toThrow('the agent stops');
  });
});
