import { once } from 'node:events';
import { expect, it } from '@jest/globals';
import { testDatabase } from '#testing';
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
