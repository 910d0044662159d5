import type { ChildProcess } from 'node:child_process';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { freePort, until } from '#testing';
import { squidConfiguration } from '../src/service/squid-configuration.ts';

jest.setTimeout(60_000);

const run = promisify(execFile);
/** Where machines ask from; the whole of 127.0.0.0/8 is this machine. */
const [MACHINE, STRANGER] = ['127.77.0.9', '127.78.0.9'];
const DEB = '/pool/a.deb';

describe('Squid with this configuration', () => {
  let folder: string;
  let port: number;
  let squid: ChildProcess | undefined;
  let origin: Server;
  const asked: string[] = [];

  const program = (...words: readonly string[]) => {
    const env = { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` };
    return spawn('squid', ['-N', '-f', path.join(folder, 'squid.conf'), ...words], { env, stdio: 'ignore' });
  };
  /** @returns the status and the text */
  const fetched = async (url: string, from = MACHINE): Promise<readonly [number, string]> => {
    const words = ['-s', '--interface', from, '-x', `http://127.0.0.1:${port}`, '-w', '\n%{http_code}', url];
    const { stdout } = await run('curl', words).catch((error: unknown) => error as { readonly stdout: string });
    const lines = stdout.split('\n');
    return [Number(lines.at(-1)), lines.slice(0, -1).join('\n')];
  };
  const at = (host: string): string => `http://${host}:${(origin.address() as AddressInfo).port}`;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'contractor-squid-'));
    // Started by root, it works as a user of its own.
    await chmod(folder, 0o777);
    port = await freePort();
    origin = createServer(({ url = '' }, response) => {
      asked.push(url);
      response.setHeader('Last-Modified', 'Thu, 01 Jan 2026 00:00:00 GMT').end(`${url} is here`);
    });
    origin.listen(0, '127.0.0.1');
    await once(origin, 'listening');
    const text = squidConfiguration(['127.77.0.0/24'], {
      listen: `127.0.0.1:${port}`,
      mirrors: ['127.0.0.1'],
      upstream: undefined,
      folder: path.join(folder, 'cache'),
      megabytes: 16,
    });
    const own = ['pid_filename none', `cache_log ${folder}/cache.log`, 'access_log none', ''].join('\n');
    // Nobody but root may serve at port 80.
    const { port: web } = origin.address() as AddressInfo;
    await writeFile(path.join(folder, 'squid.conf'), own + text.replace('acl web port 80', `acl web port ${web}`));
    await once(program('-z'), 'exit');
    squid = program();
    await until(async () => (await fetched('http://127.0.0.1/'))[0] !== 0);
  });
  afterAll(async () => {
    if (squid?.exitCode === null) {
      const ended = once(squid, 'exit');
      squid.kill('SIGKILL');
      await ended;
    }
    origin.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('says nothing against it', async () => {
    const log = await readFile(path.join(folder, 'cache.log'), 'utf8');
    expect(log.split('\n').filter((line) => /\b(?:WARNING|ERROR|FATAL)\b/.test(line))).toEqual([]);
  });

  it('fetches a package once, and asks for an index again', async () => {
    for (const url of [DEB, '/dists/InRelease']) {
      for (let n = 0; n < 2; n += 1) expect(await fetched(at('127.0.0.1') + url)).toEqual([200, `${url} is here`]);
    }
    expect(asked).toEqual([DEB, '/dists/InRelease', '/dists/InRelease']);
  });

  it('refuses others than machines, others than mirrors, and what is encrypted', async () => {
    expect((await fetched(at('127.0.0.1') + DEB, STRANGER))[0]).toBe(403);
    expect((await fetched(`${at('localhost')}${DEB}`))[0]).toBe(403);
    expect((await fetched('http://127.0.0.1:1/'))[0]).toBe(403);
    const tunnel = ['-s', '--interface', MACHINE, '-px', `http://127.0.0.1:${port}`, '-w', '%{http_connect}'];
    const { stdout } = await run('curl', [...tunnel, `${at('127.0.0.1')}/x`]).catch(
      (error: unknown) => error as { readonly stdout: string },
    );
    expect(stdout).toBe('403');
  });
});
