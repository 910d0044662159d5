import type { Pool, PoolClient } from 'pg';
import type { LogFault } from './log-verifier.ts';

/** Streams whose noted end is not that of their events: the last ones were removed, or came from elsewhere. */
const ENDS = `
SELECT coalesce(k.stream, '') AS stream, k.revision AS noted, e.revision AS found, coalesce(e.position, 0) AS position
FROM log.streams k
LEFT JOIN LATERAL (
  SELECT revision, position FROM log.events e WHERE e.stream = k.stream ORDER BY revision DESC LIMIT 1
) e ON true
WHERE e.revision IS DISTINCT FROM k.revision ORDER BY e.position NULLS FIRST LIMIT 1`;

const TWICE = `
SELECT e.position, e.stream, e.revision, t.id FROM log.events e
JOIN (SELECT id, max(position) AS position FROM log.events GROUP BY id HAVING count(*) > 1) t USING (position)
ORDER BY e.position LIMIT 1`;

interface EndRow {
  readonly stream: string;
  readonly noted: string;
  readonly found: string | null;
  readonly position: string;
}

interface TwiceRow {
  readonly position: string;
  readonly stream: string;
  readonly revision: string;
  readonly id: string;
}

/** What only the tables of a log in PostgreSQL tell: streams that have lost their last events, and ids that stand twice. */
export async function postgresLogFault(db: Pool | PoolClient): Promise<LogFault | undefined> {
  const [end] = (await db.query<EndRow>(ENDS)).rows;
  if (end) {
    const found = end.found === null ? 'it has no events' : `its last event has ${end.found}`;
    const text = `it should end with revision ${end.noted}, and ${found}`;
    const at = { position: BigInt(end.position), stream: end.stream, revision: Number(end.found ?? -1) };
    return { rule: 'STREAM', ...at, text };
  }
  const [twice] = (await db.query<TwiceRow>(TWICE)).rows;
  if (!twice) return undefined;
  const { stream, id } = twice;
  const at = { position: BigInt(twice.position), stream, revision: Number(twice.revision) };
  return { rule: 'ID', ...at, text: `its id ${id} stands in the log twice` };
}
