import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { CinpClient } from '#cinp';
import type { TestContractor } from '#testing';
import { ADMIN_PASSWORD, freePort, startContractor, startProgram, until } from '#testing';

jest.setTimeout(180_000);

describe('a server with its own PostgreSQL', () => {
  let directory: string;
  let server: TestContractor;
  const health = async () => (await (await fetch(`${server.url}/health`)).json()) as { readonly status: string };

  beforeAll(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'contractor-embedded-'));
    await chmod(directory, 0o755);
    server = await startContractor({ CONTRACTOR_DATA: directory });
  });
  afterAll(async () => {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it('refuses a second one on the same data, and is not disturbed', async () => {
    await expect(startContractor({ CONTRACTOR_DATA: directory })).rejects.toThrow(
      `ended with 2:\nCONTRACTOR_DATA="${directory}": is in use by another server (process ${server.pid})`,
    );
    expect(await health()).toMatchObject({ status: 'ok', ready: true });
  });

  it('starts it again when it has died, and goes on', async () => {
    const [pid] = (await readFile(path.join(directory, 'postgres', 'postmaster.pid'), 'utf8')).split('\n');
    process.kill(Number(pid), 'SIGKILL');
    while (!server.lines.some((line) => line.includes('ended by itself'))) await sleep(20);
    const client = new CinpClient(server.url);
    for (;;) {
      try {
        await client.login('root', ADMIN_PASSWORD);
        break;
      } catch {
        await sleep(100);
      }
    }
    await client.create('/api/v1/Site/Site', { name: 'after', description: 'the database died' });
    expect(await client.get('/api/v1/Site/Site:after:')).toMatchObject({ description: 'the database died' });
    // Those who listen to the log try again a moment later.
    while ((await health()).status !== 'ok') await sleep(50);
    expect(await health()).toMatchObject({ status: 'ok', lag: 0 });
  });

  it('stops though somebody holds a connection and sends nothing', async () => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    await once(socket, 'connect');
    const ended = once(socket, 'close');
    socket.resume();
    await server.stop();
    await ended;
    await expect(readFile(path.join(directory, 'postgres', 'postmaster.pid'))).rejects.toMatchObject({
      code: 'ENOENT',
    });
  });
});

it.each([
  ['before it opens anything', []],
  ['while its database starts', ['postgres', 'postmaster.pid']],
])('a server that is told to stop %s leaves no PostgreSQL behind', async (_, awaited) => {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'contractor-embedded-'));
  await chmod(directory, 0o755);
  // What it says of a misspelt setting comes before anything is opened.
  const settings = { CONTRACTOR_DATA: directory, CONTRACTOR_PORT: String(await freePort()), CONTRACTOR_PROT: '1' };
  const program = await startProgram('apps/contractor/src/main', settings, 'is not a setting');
  await until(() => existsSync(path.join(directory, ...awaited)));
  expect(await program.stop()).toBe(0);
  expect(program.lines.join('\n')).toContain('"stopping"');
  expect(program.lines.join('\n')).not.toContain('contractor listens');
  expect(existsSync(path.join(directory, 'postgres', 'postmaster.pid'))).toBe(false);
  await rm(directory, { recursive: true, force: true });
});
