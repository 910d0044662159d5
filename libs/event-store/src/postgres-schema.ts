/**
 * The log on PostgreSQL. Appends are serialised by one advisory lock held to the end of the transaction, so positions
 * follow the order of commits and `position > $1` never skips a late one. The function takes many appends at once; a
 * stream that one of them writes may not be touched by another. The n-th event of the batch gets position `base + n`,
 * also when an append before it failed: gaps mean nothing. Conflicts are what it returns (the appends that failed, and
 * the stream that was in the way of each), not exceptions, so one bad append leaves its neighbours alone.
 * `append_event` does the same for one event that comes alone, for half the work. Both notify the listening servers
 * where `notify` says so.
 *
 * A connection keeps the plans of the function for good, also those it made while the tables were empty. Therefore the
 * planner may only choose what stays fast when they grow: looking up by index, row by row.
 */
export const LOG_SCHEMA = `
CREATE SCHEMA IF NOT EXISTS log;

CREATE TABLE IF NOT EXISTS log.streams (
  stream text COLLATE "C" PRIMARY KEY,
  revision bigint NOT NULL
) WITH (fillfactor = 70);

CREATE TABLE IF NOT EXISTS log.events (
  position bigint PRIMARY KEY,
  stream text COLLATE "C" NOT NULL,
  revision bigint NOT NULL,
  id uuid NOT NULL,
  type text NOT NULL,
  data text NOT NULL,
  meta text NOT NULL,
  UNIQUE (stream, revision)
);

CREATE OR REPLACE FUNCTION log.append_batch(
  w_append int[], w_stream text[], w_expected bigint[], w_events int[],
  c_append int[], c_stream text[], c_revision bigint[],
  e_append int[], e_stream text[], e_revision bigint[], e_id uuid[], e_type text[], e_data text[], e_meta text[],
  notify boolean,
  OUT base bigint, OUT failed int[], OUT moved text[]
) LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(${lockKey('log.append')});
  SELECT coalesce(array_agg(t.a), '{}'), coalesce(array_agg(t.s), '{}') INTO failed, moved
    FROM unnest(w_append || c_append, w_stream || c_stream, w_expected || c_revision) AS t(a, s, r)
    LEFT JOIN log.streams k ON k.stream = t.s
    WHERE coalesce(k.revision, -1) <> t.r;
  SELECT coalesce(max(e.position), 0) INTO base FROM log.events e;

  INSERT INTO log.streams AS k (stream, revision)
    SELECT t.s, t.r + t.n FROM unnest(w_append, w_stream, w_expected, w_events) AS t(a, s, r, n)
    WHERE t.a <> ALL (failed)
    ON CONFLICT (stream) DO UPDATE SET revision = excluded.revision;

  INSERT INTO log.events (position, stream, revision, id, type, data, meta)
    SELECT base + t.n, t.s, t.r, t.id, t.type, t.data, t.meta
    FROM unnest(e_append, e_stream, e_revision, e_id, e_type, e_data, e_meta) WITH ORDINALITY
      AS t(a, s, r, id, type, data, meta, n)
    WHERE t.a <> ALL (failed);

  IF FOUND AND notify THEN
    PERFORM pg_notify('${logChannel()}', (SELECT max(e.position) FROM log.events e)::text);
  END IF;
END $$;

CREATE OR REPLACE FUNCTION log.append_event(
  w_stream text, w_expected bigint, e_id uuid, e_type text, e_data text, e_meta text, notify boolean,
  OUT base bigint, OUT failed int[], OUT moved text[]
) LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
  found_at bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(${lockKey('log.append')});
  found_at := coalesce((SELECT k.revision FROM log.streams k WHERE k.stream = w_stream), -1);
  base := coalesce((SELECT max(e.position) FROM log.events e), 0);
  IF found_at <> w_expected THEN
    failed := '{0}';
    moved := ARRAY[w_stream];
    RETURN;
  END IF;
  failed := '{}';
  moved := '{}';
  IF found_at = -1 THEN
    INSERT INTO log.streams (stream, revision) VALUES (w_stream, 0);
  ELSE
    UPDATE log.streams k SET revision = found_at + 1 WHERE k.stream = w_stream;
  END IF;
  INSERT INTO log.events (position, stream, revision, id, type, data, meta)
    VALUES (base + 1, w_stream, found_at + 1, e_id, e_type, e_data, e_meta);
  IF notify THEN
    PERFORM pg_notify('${logChannel()}', (base + 1)::text);
  END IF;
END $$;
`;

/** Channel on which servers tell each other that the log has grown, with the position of the last event. */
export function logChannel(): string {
  return 'contractor_log';
}

/** A stable 63-bit key for `pg_advisory_lock` from a name. */
export function lockKey(name: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(`contractor:${name}`))
    hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
  return (hash >> 1n).toString();
}
