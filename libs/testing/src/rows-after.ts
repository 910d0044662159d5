import type { Message } from '#kernel';
import { streamName } from '#kernel';
import type { Key, ReadModel, Recorded } from '#read-store';

/** The time the n-th event of a story is recorded at, counted from 1. */
export const moment = (n: number): string => `2026-01-01T00:00:${String(n).padStart(2, '0')}.000000+00:00`;

/** Something that happened: in the stream of which thing, and what. */
export type Happened = readonly [id: string | number, event: Message];

/**
 * The rows of a read model after a story, by key. Its events are recorded by `actor` at `moment(1)`, `moment(2)`, …
 */
export function rowsAfter<Row extends object>(model: ReadModel<Row>, ...story: readonly Happened[]): Map<Key, Row> {
  const rows = new Map<Key, Row>();
  for (const [n, [id, { type, data }]] of story.entries()) {
    const event: Recorded = {
      type,
      data: JSON.parse(JSON.stringify(data)) as unknown,
      id: String(id),
      stream: streamName('story', id),
      revision: n,
      position: BigInt(n + 1),
      at: moment(n + 1),
      actor: 'actor',
    };
    const rule = model.on[type];
    const keys = rule?.keys ? rule.keys(event as Recorded<never>) : id;
    for (const named of rule ? [keys].flat() : []) {
      const key = model.key === 'integer' ? Number(named) : String(named);
      const row = rule?.fold(rows.get(key), event as Recorded<never>);
      if (row) rows.set(key, row);
      else rows.delete(key);
    }
  }
  return rows;
}
