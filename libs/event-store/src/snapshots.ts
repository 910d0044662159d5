import { deserialize, serialize } from 'node:v8';
import type { Pool } from 'pg';
import { inTime } from './answer-time.ts';
import { lockKey } from './postgres-schema.ts';
import type { Folded } from './state-cache.ts';

/** A state that was kept. */
export interface Snapshot {
  readonly folded: Folded;
  /** Of the state, in bytes. */
  readonly size: number;
}

/** Folded states of long streams, kept so that they need not be folded from the beginning. */
export interface Snapshots {
  /** The last one that was kept of a stream in this shape; undefined where there is none of use. */
  read(stream: string, shape: number): Promise<Snapshot | undefined>;
  /** Keeps one, unless a later one is there. @returns the size of the state, in bytes */
  keep(stream: string, shape: number, folded: Folded): Promise<number>;
}

/** Sent as one text it is one transaction; several servers may make it at once. */
const TABLE = `
SELECT pg_advisory_xact_lock(${lockKey('log.schema')});
CREATE SCHEMA IF NOT EXISTS log;
CREATE TABLE IF NOT EXISTS log.snapshots (
  stream text COLLATE "C" PRIMARY KEY,
  shape int NOT NULL,
  revision bigint NOT NULL,
  hash text NOT NULL,
  at text NOT NULL,
  state bytea NOT NULL
)`;

interface Row {
  readonly revision: string;
  readonly hash: string;
  readonly at: string;
  readonly state: Buffer;
}

/** Snapshots in a table that may be emptied at any time. */
export async function postgresSnapshots(pool: Pool): Promise<Snapshots> {
  await pool.query(TABLE);
  return {
    read: async (stream, shape) => {
      const { rows } = await pool.query<Row>(
        inTime({
          name: 'read-snapshot',
          text: 'SELECT revision, hash, at, state FROM log.snapshots WHERE stream = $1 AND shape = $2',
          values: [stream, shape],
        }),
      );
      const [row] = rows;
      if (!row) return undefined;
      const { hash, at, state } = row;
      const folded = { hash, at, revision: Number(row.revision), state: deserialize(state) as unknown };
      return { folded, size: state.length };
    },
    keep: async (stream, shape, { revision, hash, at, state }) => {
      const bytes = serialize(state);
      await pool.query(
        inTime(
          {
            name: 'keep-snapshot',
            text: `INSERT INTO log.snapshots AS s VALUES ($1, $2, $3, $4, $5, $6)
               ON CONFLICT (stream) DO UPDATE
               SET shape = excluded.shape, revision = excluded.revision, hash = excluded.hash, at = excluded.at,
                   state = excluded.state
               WHERE s.revision < excluded.revision OR s.shape <> excluded.shape`,
            values: [stream, shape, revision, hash, at, bytes],
          },
          bytes.length,
        ),
      );
      return bytes.length;
    },
  };
}
