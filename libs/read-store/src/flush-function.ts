/**
 * Writes a batch in one go: moves the checkpoint on from where it was left (and does nothing where it is not there),
 * then runs statements, each over rows that come as JSON. Rows and checkpoint stand or fall together and can be made
 * again from the log, so nobody waits for the disk. The planner cannot know how few rows come; it may only look up by
 * index, row by row, which stays fast when the tables grow.
 */
export const FLUSH_FUNCTION = `
CREATE OR REPLACE FUNCTION read.flush(which text, reached bigint, until bigint, statements text[], rows jsonb[])
RETURNS boolean LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET enable_material = off AS $$
BEGIN
  PERFORM set_config('synchronous_commit', 'off', true);
  UPDATE read.checkpoint SET position = until WHERE name = which AND position = reached;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  FOR n IN 1 .. coalesce(array_length(statements, 1), 0) LOOP
    EXECUTE statements[n] USING rows[n];
  END LOOP;
  RETURN true;
END $$;
`;
