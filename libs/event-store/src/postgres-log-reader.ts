import type { Pool, PoolClient } from 'pg';
import { categoryOf } from '#kernel';
import type { EventRow } from './event-row.ts';
import { stored } from './event-row.ts';
import type { ReadAllOptions, ReadStreamOptions, StoredEvent } from './event-store.ts';
import type { LogReader } from './log-reader.ts';

/** A page has at most so many bytes of data and metadata, or one event. */
const MAX_PAGE_BYTES = 4_000_000;

/** As many as fit into a page: the sizes are told without the texts being read. */
const PAGE = `
SELECT position, stream, revision, id, type, data, meta FROM (
  SELECT e.*,
    sum(octet_length(data)::bigint + octet_length(meta)) OVER (ORDER BY position ROWS UNBOUNDED PRECEDING) AS bytes,
    row_number() OVER (ORDER BY position) AS n
  FROM (SELECT * FROM log.events WHERE position > $1 ORDER BY position LIMIT $2) e
) page WHERE bytes <= ${MAX_PAGE_BYTES} OR n = 1 ORDER BY position`;

/**
 * Reads the log in a PostgreSQL database, and changes nothing there. Given one client, it reads in the transaction of
 * that client.
 * @throws where the database holds no log
 */
export function postgresLogReader(db: Pool | PoolClient): LogReader {
  const rowsOf = async (text: string, values: readonly unknown[] = []): Promise<StoredEvent[]> =>
    (await db.query<EventRow>(text, [...values])).rows.map(stored);
  const last = async () => (await rowsOf('SELECT * FROM log.events ORDER BY position DESC LIMIT 1'))[0];
  return {
    last,
    head: async () => (await last())?.position ?? 0n,
    readAll: async (after, { limit = 1000, categories }: ReadAllOptions = {}) => {
      const events = await rowsOf(PAGE, [after.toString(), limit]);
      return {
        events: categories ? events.filter(({ stream }) => categories.includes(categoryOf(stream))) : events,
        end: events.at(-1)?.position ?? after,
      };
    },
    readStream: (stream, { from, direction = 'forwards', limit }: ReadStreamOptions = {}) => {
      const [order, side, start] =
        direction === 'forwards' ? ['ASC', '>=', from ?? 0] : ['DESC', '<=', from ?? Number.MAX_SAFE_INTEGER];
      return rowsOf(
        `SELECT * FROM log.events WHERE stream = $1 AND revision ${side} $2 ORDER BY revision ${order} LIMIT $3`,
        [stream, start, limit ?? null],
      );
    },
  };
}
