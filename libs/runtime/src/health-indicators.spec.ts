import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Pool } from 'pg';
import type { TestDatabase } from '#testing';
import { freePort, testDatabase, until } from '#testing';
import { databaseIndicator, eventStoreIndicator } from './health-indicators.ts';
import { HealthRegistry } from './health-registry.ts';

jest.setTimeout(240_000);

/** Key of the lock that servers take in turn when they make the table. */
const PROBE_LOCK = 0x70726f62;

describe('the indicator of the database', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.drop());

  it('is ok where it takes writes, and takes no more room each time', async () => {
    const look = databaseIndicator(database.pool);
    expect(await look()).toEqual({ status: 'ok' });
    const size = async () =>
      (await database.pool.query<{ size: string }>(`SELECT pg_relation_size('runtime.write_probe') AS size`)).rows;
    const before = await size();
    for (let n = 0; n < 5; n += 1) expect(await look()).toEqual({ status: 'ok' });
    expect(await size()).toEqual(before);
    expect(Number(before[0]?.size)).toBeGreaterThan(60_000);
  });

  it('is ok where another server makes the table at the same time', async () => {
    const fresh = await testDatabase();
    const another = await fresh.pool.connect();
    // At the same time: both have seen that it is not there, and each is about to make it.
    const waiting = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    await another.query(`BEGIN; SELECT pg_advisory_xact_lock(${PROBE_LOCK}); CREATE SCHEMA runtime`);
    const look = databaseIndicator(fresh.pool)();
    await until(async () => (await fresh.pool.query(waiting)).rowCount === 1);
    await another.query('COMMIT');
    another.release();
    expect(await look).toEqual({ status: 'ok' });
    await fresh.drop();
  });

  it('is degraded where it is read-only, and says so', async () => {
    const pool = new Pool({ connectionString: database.url, options: '-c default_transaction_read_only=on' });
    const look = databaseIndicator(pool);
    expect(await look()).toEqual({
      status: 'degraded',
      reason: 'the database takes no writes: cannot execute TRUNCATE TABLE in a read-only transaction',
    });
    await pool.end();
  });

  it('is degraded where somebody holds up its writes, and ok again afterwards', async () => {
    const look = databaseIndicator(database.pool);
    await look();
    const client = await database.pool.connect();
    await client.query('BEGIN; LOCK TABLE runtime.write_probe');
    expect(await look()).toEqual({
      status: 'degraded',
      reason: 'the database takes no writes: canceling statement due to statement timeout',
    });
    await client.query('ROLLBACK');
    client.release();
    expect(await look()).toEqual({ status: 'ok' });
  });

  it('is down where nobody answers', async () => {
    const port = await freePort();
    const pool = new Pool({ connectionString: `postgres://u:p@127.0.0.1:${port}/c` });
    const registry = new HealthRegistry();
    registry.register('database', databaseIndicator(pool));
    expect(await registry.check()).toEqual({
      database: { status: 'down', reason: `connect ECONNREFUSED 127.0.0.1:${port}` },
    });
    await pool.end();
  });

  it('is down where the connection breaks, which is not used again', async () => {
    const pool = new Pool({ connectionString: database.url, max: 1 });
    pool.on('error', () => undefined);
    const client = await pool.connect();
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    client.release();
    const blocker = await database.pool.connect();
    await databaseIndicator(database.pool)();
    await blocker.query('BEGIN; LOCK TABLE runtime.write_probe');
    const looking = databaseIndicator(pool)();
    const waits = `SELECT 1 FROM pg_stat_activity WHERE pid = ${rows[0]?.pid} AND wait_event_type = 'Lock'`;
    while ((await database.pool.query(waits)).rowCount === 0);
    await database.pool.query(`SELECT pg_terminate_backend(${rows[0]?.pid})`);
    expect(await looking).toMatchObject({ status: 'down' });
    await blocker.query('ROLLBACK');
    blocker.release();
    expect(await databaseIndicator(pool)()).toEqual({ status: 'ok' });
    await pool.end();
  });
});

it('the indicator of the event store tells the last position, or why there is none', async () => {
  expect(await eventStoreIndicator(async () => 7n)()).toEqual({ status: 'ok', head: '7' });
  const registry = new HealthRegistry();
  registry.register(
    'event store',
    eventStoreIndicator(async () => Promise.reject(new Error('not today'))),
  );
  expect(await registry.check()).toEqual({ 'event store': { status: 'down', reason: 'not today' } });
});
