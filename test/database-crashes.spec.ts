import { mkdtemp, chmod, rm, readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Client } from 'pg';
import { CinpClient } from '#cinp';
import type { EmbeddedPostgres } from '#runtime';
import { startEmbeddedPostgres } from '#runtime';
import type { TestContractor } from '#testing';
import { ADMIN_PASSWORD, startContractor } from '#testing';

jest.setTimeout(180_000);

const SITE = '/api/v1/Site/Site';
/** Of each kind; `npm run bench -- faults` has many more, and of other things. */
const CRASHES = 2;

describe('a server whose database crashes', () => {
  let directory: string;
  let postgres: EmbeddedPostgres;
  let server: TestContractor;

  beforeAll(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'contractor-crash-'));
    await chmod(directory, 0o755);
    postgres = await startEmbeddedPostgres(directory);
    server = await startContractor({ DATABASE_URL: postgres.url });
  });
  afterAll(async () => {
    await server.stop();
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const query = async <Row>(sql: string): Promise<Row[]> => {
    const client = new Client({ connectionString: postgres.url });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query(sql)).rows as Row[];
    } finally {
      await client.end().catch(() => undefined);
    }
  };
  /** Whether somebody answers, as soon as somebody does. */
  const back = async (): Promise<void> => {
    for (;;) {
      try {
        await query('SELECT 1');
        return;
      } catch {
        await sleep(20);
      }
    }
  };
  /** Kills one connection's process the hard way: PostgreSQL throws away all memory and recovers from its log. */
  const killBackend = async (): Promise<void> => {
    const [one] = await query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
       ORDER BY state_change DESC LIMIT 1`,
    );
    if (one) process.kill(one.pid, 'SIGKILL');
  };
  /** Kills the server as a power cut would; it is started again by whoever embeds it. */
  const killPostmaster = async (): Promise<void> => {
    const [pid = ''] = (await readFile(path.join(directory, 'postgres', 'postmaster.pid'), 'utf8')).split('\n');
    process.kill(Number(pid), 'SIGKILL');
  };
  const terminate = () =>
    query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()`).then(() => undefined);

  it.each([
    ['one connection is killed', killBackend],
    ['the whole database is killed', killPostmaster],
    ['all connections are ended', terminate],
  ])('shows all that was written, without being started again: %s', async (how, crash) => {
    const name = how.replaceAll(' ', '-');
    const writing = new AbortController();
    const written = new Map<string, string>();
    const writer = async (n: number): Promise<void> => {
      let client: CinpClient | undefined;
      for (let turn = 0; !writing.signal.aborted; turn += 1) {
        const site = `${name}-${n}-${turn}`;
        try {
          if (!client) {
            client = new CinpClient(server.url);
            await client.login('root', ADMIN_PASSWORD);
          }
          await client.create(SITE, { name: site, description: 'first' });
          written.set(site, 'first');
          await client.update(`${SITE}:${site}:`, { description: 'second' });
          written.set(site, 'second');
        } catch {
          client = undefined;
          await sleep(20);
        }
      }
    };
    const writers = [writer(1), writer(2)];
    for (let n = 0; n < CRASHES; n += 1) {
      const before = written.size;
      while (written.size < before + 20) await sleep(10);
      await crash();
      await back();
    }
    const before = written.size;
    while (written.size < before + 20) await sleep(10);
    writing.abort();
    await Promise.all(writers);

    const client = new CinpClient(server.url);
    const token = await client.login('root', ADMIN_PASSWORD);
    const uris: string[] = [];
    for await (const uri of client.listAll(SITE, { pageSize: 500 })) uris.push(uri);
    const sites = await client.getMulti<{ readonly name: string; readonly description: string }>(uris);
    const shown = new Map([...sites].map(([, site]) => [site.name, site.description]));
    for (const [site, description] of written) {
      // A change whose answer was lost may have been made.
      expect(['second', description]).toContain(shown.get(site));
    }
    // The rows are written again, too.
    const answer = await fetch(`${server.url}/api/rest/Site/Site`, {
      method: 'POST',
      headers: { Authorization: `Bearer root:${token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ name: `${name}-last`, description: 'last' }),
    });
    expect([answer.status, answer.headers.get('contractor-pending')]).toEqual([201, null]);
    const stored = async () => query<{ row: string }>(`SELECT row FROM read.sites WHERE key = '${name}-last'`);
    while ((await stored()).length === 0) await sleep(20);
  });
});
