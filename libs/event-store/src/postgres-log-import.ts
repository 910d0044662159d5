import type { PoolClient } from 'pg';
import type { StoredEvent } from './event-store.ts';
import { lockKey, LOG_SCHEMA } from './postgres-schema.ts';
import { textArray } from './text-array.ts';

/** Puts the events of another log into an empty one, each at its position; all of it in the transaction of the caller. */
export interface LogImport {
  /** The next events, in their order. */
  add(events: readonly StoredEvent[]): Promise<void>;
  /** Notes where each stream ends; nothing is added any more. */
  finish(): Promise<void>;
}

const INSERT = `
INSERT INTO log.events (position, stream, revision, id, type, data, meta)
SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::uuid[], $5::text[], $6::text[], $7::text[])`;

/**
 * Begins it, and makes the tables where there are none; nobody else appends until the transaction has ended.
 * @param client in a transaction
 * @throws Error where the log is not empty
 */
export async function postgresLogImport(client: PoolClient): Promise<LogImport> {
  await client.query(`SELECT pg_advisory_xact_lock(${lockKey('log.append')})`);
  await client.query(LOG_SCHEMA);
  const { rowCount } = await client.query('SELECT 1 FROM log.events LIMIT 1');
  if (rowCount !== 0) throw new Error('the log is not empty');
  return {
    add: async (events) => {
      await client.query(INSERT, [
        events.map(({ position }) => position.toString()),
        textArray(events.map(({ stream }) => stream)),
        events.map(({ revision }) => revision),
        events.map(({ id }) => id),
        textArray(events.map(({ type }) => type)),
        textArray(events.map(({ data }) => data)),
        textArray(events.map(({ meta }) => meta)),
      ]);
    },
    finish: async () => {
      await client.query(
        'INSERT INTO log.streams (stream, revision) SELECT stream, max(revision) FROM log.events GROUP BY stream',
      );
    },
  };
}
