import type { Pool } from 'pg';
import { escapeIdentifier } from 'pg';
import type { Position } from '#event-store';
import { inTime, textArray } from '#event-store';
import type { Changes, Poisoned } from './batch.ts';
import type { CountChanges } from './counts.ts';
import type { ReadModel } from './read-model.ts';
import { columnsOf } from './tables.ts';

/** One statement of a flush: `$1` is the JSON array of its rows. */
interface Statement {
  readonly text: string;
  readonly rows: readonly object[];
}

/** Everything a batch writes. */
export interface Batch {
  readonly changes: readonly { readonly model: ReadModel; readonly changes: Changes }[];
  readonly counts: CountChanges;
}

/**
 * Writes a batch.
 * @param answerMs how long the database may take over it, beside what its size takes
 * @returns false where the checkpoint is not where this process left it: nothing was written then
 */
export async function flushBatch(
  pool: Pool,
  checkpoint: { readonly name: string; readonly reached: Position; readonly until: Position },
  { changes, counts }: Batch,
  answerMs: number,
): Promise<boolean> {
  const statements = [
    ...changes.flatMap(({ model, changes: of }) => rowStatements(model, of)),
    ...countStatements(counts),
    ...quarantineStatements(changes.flatMap(({ changes: { poisoned } }) => poisoned)),
  ];
  const written = statements.map(({ rows: of }) => JSON.stringify(of));
  const characters = written.reduce((sum, { length }) => sum + length, 0);
  const { rows } = await pool.query<{ done: boolean }>(
    inTime(
      {
        name: 'flush',
        text: 'SELECT read.flush($1, $2, $3, $4, $5) AS done',
        values: [
          checkpoint.name,
          checkpoint.reached.toString(),
          checkpoint.until.toString(),
          statements.map(({ text }) => text),
          textArray(written),
        ],
      },
      characters,
      answerMs,
    ),
  );
  return rows[0]?.done === true;
}

function rowStatements(model: ReadModel, { ended, versions }: Changes): Statement[] {
  const statements: Statement[] = [];
  const table = `read.${escapeIdentifier(model.name)}`;
  const key = model.key === 'integer' ? 'bigint' : 'text';
  if (ended.length > 0) {
    // Each row is looked up by itself: left to itself, the planner reads all live rows for few that end.
    const from = `jsonb_to_recordset($1) AS v(key ${key}, at bigint)
      CROSS JOIN LATERAL (SELECT ctid FROM ${table} WHERE key = v.key AND to_pos IS NULL LIMIT 1) AS live`;
    statements.push({
      text: model.history
        ? `UPDATE ${table} AS r SET to_pos = v.at FROM ${from} WHERE r.ctid = live.ctid`
        : `DELETE FROM ${table} AS r USING ${from} WHERE r.ctid = live.ctid`,
      rows: ended.map(({ key: id, at }) => ({ key: id, at: at.toString() })),
    });
  }
  if (versions.length > 0) {
    const indexes = columnsOf(model);
    const columns = indexes.map(({ column }) => escapeIdentifier(column));
    const types = [
      `key ${key}`,
      'from_pos bigint',
      'to_pos bigint',
      'row text',
      ...columns.map((name) => `${name} text`),
    ];
    const names = ['key', 'from_pos', 'to_pos', 'row', ...columns].join(', ');
    statements.push({
      text: `INSERT INTO ${table} (${names}) SELECT ${names} FROM jsonb_to_recordset($1) AS v(${types.join(', ')})`,
      rows: versions.map(({ key: id, from, to, row, text }) => ({
        key: id,
        from_pos: from.toString(),
        to_pos: to?.toString() ?? null,
        row: text,
        ...Object.fromEntries(indexes.map(({ column, textOf }) => [column, textOf(row)])),
      })),
    });
  }
  return statements;
}

function countStatements(counts: CountChanges): Statement[] {
  const rows = counts.list();
  if (rows.length === 0) return [];
  const text = `INSERT INTO read.counts AS c (model, index, value, n)
    SELECT * FROM jsonb_to_recordset($1) AS v(model text, index text, value text, n bigint)
    ON CONFLICT (model, index, value) DO UPDATE SET n = c.n + excluded.n`;
  return [{ text, rows }];
}

function quarantineStatements(poisoned: readonly Poisoned[]): Statement[] {
  if (poisoned.length === 0) return [];
  const text = `INSERT INTO read.quarantine
    SELECT * FROM jsonb_to_recordset($1) AS v(model text, key text, position bigint, error text)
    ON CONFLICT DO NOTHING`;
  const rows = poisoned.map((one) => ({ ...one, key: String(one.key), position: one.position.toString() }));
  return [{ text, rows }];
}
