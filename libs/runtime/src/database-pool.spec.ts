import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, it } from '@jest/globals';
import { testDatabase, until } from '#testing';
import { databasePool } from './database-pool.ts';

it('a connection that breaks while it is taken out ends nothing but itself; one that nobody uses is logged', async () => {
  const database = await testDatabase();
  const logged: string[] = [];
  const pool = databasePool(
    { connectionString: database.url, max: 1 },
    { error: (message: string) => void logged.push(message) },
  );
  const pidOf = async (query: (sql: string) => Promise<{ rows: { pid: number }[] }>): Promise<number> =>
    (await query('SELECT pg_backend_pid() AS pid')).rows[0]?.pid ?? 0;
  const end = (pid: number) => database.pool.query(`SELECT pg_terminate_backend(${pid})`);

  const client = await pool.connect();
  const taken = await pidOf((sql) => client.query(sql));
  // `once` of Node listens for errors itself.
  const ended = new Promise((resolve) => client.once('end', () => resolve(undefined)));
  await end(taken);
  await ended;
  await expect(client.query('SELECT 1')).rejects.toThrow();
  client.release(true);
  expect(logged).toEqual([]);

  const unused = await pidOf((sql) => pool.query(sql));
  expect(unused).not.toBe(taken);
  const told = once(pool, 'error');
  await end(unused);
  await told;
  expect(logged).toEqual(['a connection to PostgreSQL was lost']);
  expect(await pidOf((sql) => pool.query(sql))).not.toBe(unused);
  await pool.end();
  await database.drop();
});

const unlogged = { error: () => undefined };

it('a connection that is not answered is given up; whoever waits for a free one waits as long as it takes', async () => {
  const silent = createServer((socket: Socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  const unanswered = databasePool({ connectionString: `postgres://u:p@127.0.0.1:${port}/c` }, unlogged, 100);
  await expect(unanswered.query('SELECT 1')).rejects.toThrow('timeout expired');
  await unanswered.end();
  silent.close();

  const database = await testDatabase();
  const busy = databasePool({ connectionString: database.url, max: 1 }, unlogged, 1000);
  const both = [busy.query('SELECT pg_sleep(1.5)'), busy.query('SELECT 2 AS n')] as const;
  expect((await both[1]).rows).toEqual([{ n: 2 }]);
  await both[0];
  await busy.end();
  await database.drop();
});

it('keeps the settings of a connection that are not in its URL', async () => {
  const database = await testDatabase();
  const { hostname: host, port, username, password, pathname } = new URL(database.url);
  const user = decodeURIComponent(username);
  const config = {
    host,
    port: Number(port),
    user,
    password: decodeURIComponent(password),
    database: pathname.slice(1),
  };
  const pool = databasePool({ ...config, application_name: 'told' }, unlogged);
  const { rows } = await pool.query(`SELECT current_setting('application_name') AS name`);
  expect(rows).toEqual([{ name: 'told' }]);
  await pool.end();
  await database.drop();
});

it('it is asked whether the other end of a silent connection is still there', async () => {
  const database = await testDatabase();
  const pool = databasePool({ connectionString: database.url, max: 1 }, unlogged);
  const { rows } = await pool.query<{ port: number }>('SELECT inet_client_port() AS port');
  const port = (rows[0]?.port ?? 0).toString(16).toUpperCase().padStart(4, '0');
  const line = new RegExp(`^ *\\d+: \\w+:${port} \\w+:\\w+ 01 \\w+:\\w+ (\\w+):(\\w+) `, 'm');
  const timer = async () => line.exec(await readFile('/proc/net/tcp', 'utf8'));
  // 02 is the timer that asks; it is told in hundredths of a second.
  await until(async () => (await timer())?.[1] === '02');
  expect(Number.parseInt((await timer())?.[2] ?? '', 16)).toBeLessThanOrEqual(1000);
  await pool.end();
  await database.drop();
});
