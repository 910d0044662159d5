import type { StoredEvent } from './event-store.ts';

/** An event as a row of PostgreSQL: whole numbers of 64 bits come as text. */
export interface EventRow {
  readonly position: string;
  readonly stream: string;
  readonly revision: string;
  readonly id: string;
  readonly type: string;
  readonly data: string;
  readonly meta: string;
}

export const stored = (row: EventRow): StoredEvent => ({
  ...row,
  position: BigInt(row.position),
  revision: Number(row.revision),
});
