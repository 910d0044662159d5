/** The server over HTTPS, as its clients meet it: the command line, a subcontractor that polls, machines that boot. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import os from 'node:os';
import path from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { TestAuthority, TestContractor, TestDatabase, TestPair } from '#testing';
import { ADMIN_PASSWORD, freePort, startContractor, startProgram, testAuthority, testDatabase, until } from '#testing';

jest.setTimeout(600_000);

interface Tls {
  readonly status: string;
  readonly reason?: string;
  readonly subject: string;
}

describe('a server with a certificate', () => {
  let folder: string;
  let database: TestDatabase;
  let authority: TestAuthority;
  let first: TestPair;
  let second: TestPair;
  let server: TestContractor;
  let url: string;
  let plain: string;
  const files = () => ({ cert: path.join(folder, 'server.pem'), key: path.join(folder, 'server.key') });
  const put = async ({ cert, key }: TestPair): Promise<void> => {
    await copyFile(cert, files().cert);
    await copyFile(key, files().key);
  };
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'contractor-https-'));
    database = await testDatabase();
    authority = await testAuthority('ours');
    first = await authority.sign('first', 'DNS:localhost');
    second = await authority.sign('second', 'DNS:localhost');
    await put(first);
    const plainPort = String(await freePort());
    server = await startContractor({
      DATABASE_URL: database.url,
      CONTRACTOR_TLS_CERT: files().cert,
      CONTRACTOR_TLS_KEY: files().key,
      CONTRACTOR_HTTP_PORT: plainPort,
    });
    url = server.url.replace('http://127.0.0.1', 'https://localhost');
    plain = `http://127.0.0.1:${plainPort}`;
  });
  afterAll(async () => {
    await server.stop();
    await authority.remove();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Asks over a connection of its own. @returns whom the certificate names, and what `/health` says of it */
  const asked = async (): Promise<{ readonly names: string; readonly tls: Tls }> => {
    const request = get(`${url}/health`, { ca: await readFile(authority.ca), agent: false, family: 4 });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const { subject } = (response.socket as TLSSocket).getPeerCertificate();
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) text += String(chunk);
    const { checks } = JSON.parse(text) as { readonly checks: { readonly tls: Tls } };
    return { names: String(subject.CN), tls: checks.tls };
  };

  const contractor = async (args: readonly string[], env: Readonly<Record<string, string>> = {}, input = '') => {
    const child = spawn(process.execPath, [path.resolve('dist/contractor.cjs'), ...args, '--server', url], {
      env: { PATH: process.env['PATH'] ?? '', XDG_CONFIG_HOME: folder, ...env },
    });
    const said = { out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()));
    child.stdin.end(input);
    const [code] = (await once(child, 'close')) as [number];
    return { code, ...said };
  };

  it('is reached by the command line that knows who signed it, and by no other', async () => {
    const trusting = { CONTRACTOR_CA: authority.ca };
    expect(await contractor(['login', 'root'], trusting, `${ADMIN_PASSWORD}\n`)).toMatchObject({ code: 0 });
    expect(await contractor(['whoami'], trusting)).toMatchObject({ code: 0, out: 'root\n' });
    expect(await contractor(['site', 'create', '--name', 'site1', '-d', 'x'], trusting)).toMatchObject({ code: 0 });
    const refused = await contractor(['whoami']);
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toMatch(/certificate/i);
  });

  it('sends those who come without TLS there, but for the documents of machines', async () => {
    const sent = await fetch(`${plain}/api/v1/`, { redirect: 'manual' });
    expect([sent.status, sent.headers.get('location')]).toEqual([
      308,
      `${url.replace('localhost', '127.0.0.1')}/api/v1/`,
    ]);
    const image = await fetch(`${plain}/images/${'0'.repeat(64)}`);
    expect([image.status, await image.text()]).toEqual([404, 'no image has this file']);
    const document = await fetch(`${plain}/config/boot_script/`);
    expect([document.status, await document.text()]).toEqual([404, 'Address Not Found or is Duplicate']);
  });

  it('serves an agent that polls and knows who signed it', async () => {
    const settings = {
      SUBCONTRACTOR_SERVER: url,
      SUBCONTRACTOR_USER: 'root',
      SUBCONTRACTOR_PASSWORD: ADMIN_PASSWORD,
      SUBCONTRACTOR_SITE: 'site1',
      SUBCONTRACTOR_STATE: path.join(folder, 'state'),
      SUBCONTRACTOR_CA: authority.ca,
    };
    const agent = await startProgram('apps/subcontractor/src/main', settings, 'serving');
    await agent.stop();
    expect(agent.lines.some((line) => line.includes('serving'))).toBe(true);
  });

  it('has another one without a restart, at once on SIGHUP; one that cannot be used leaves the one before', async () => {
    expect(await asked()).toMatchObject({
      names: 'first',
      tls: { status: 'ok', subject: expect.stringContaining('first') },
    });
    await put(second);
    process.kill(server.pid, 'SIGHUP');
    await until(async () => (await asked()).names === 'second');
    await put({ ...second, key: first.key });
    process.kill(server.pid, 'SIGHUP');
    await until(async () => (await asked()).tls.status === 'degraded');
    const kept = await asked();
    expect(kept.names).toBe('second');
    expect(kept.tls.reason).toMatch(
      /^the new certificate is not used: .*server\.key .*must be the key of the certificate/,
    );
    // Nobody has to say so: the files are looked at.
    await put(first);
    await until(async () => (await asked()).names === 'first');
    expect((await asked()).tls.status).toBe('ok');
  });
});
