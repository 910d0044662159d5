import type { Row } from '../../model/types.ts';

/** How a job of the log ended, or that it has not. */
export function outcomeOf(row: Row): 'done' | 'cancelled' | 'under way' {
  if (row['canceled_at']) return 'cancelled';
  return row['finished_at'] ? 'done' : 'under way';
}

/** How long a job took from its start to its end, in milliseconds; undefined where it has not ended, or never began. */
export function tookMs(row: Row): number | undefined {
  const [from, to] = [row['started_at'], row['finished_at'] ?? row['canceled_at']];
  if (typeof from !== 'string' || typeof to !== 'string') return undefined;
  return Math.max(0, Date.parse(to) - Date.parse(from));
}
