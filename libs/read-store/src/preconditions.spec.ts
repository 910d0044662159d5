import { describe, expect, it } from '@jest/globals';
import { CachedRow } from './cached-row.ts';
import type { PreconditionContext } from './preconditions.ts';
import { NotReady, preconditionCheck } from './preconditions.ts';
import type { ReadModel } from './read-model.ts';
import { viewOf } from './view.ts';

const rows: ReadModel = { name: 'things', version: 1, key: 'text', history: true, indexes: {}, on: {} };

/** Rows that are as they are since these positions, and a log that has come to 9. */
function context(
  since: Readonly<Record<string, bigint>>,
  late = false,
): PreconditionContext & { readonly asked: bigint[] } {
  const asked: bigint[] = [];
  const now = viewOf({
    cached: async <Row extends object>() =>
      new Map(Object.entries(since).map(([key, position]) => [key, new CachedRow({} as Row, position, 2)])),
    keys: async () => ({ keys: [], total: 0 }),
  });
  const caughtUp = async (position: bigint): Promise<boolean> => {
    asked.push(position);
    return !late;
  };
  return { asked, reads: { now, projector: { caughtUp, models: [rows] } }, head: async () => 9n, timeoutMs: 10 };
}

const expecting = (key: string, unchangedSince: readonly bigint[]) =>
  ({ rows: 'things', model: 'X/Thing', key, unchangedSince, otherwise: 'precondition-failed' }) as const;

describe('preconditions', () => {
  it('are looked at once the rows show all of the log', async () => {
    const all = context({ a: 3n, b: 5n });
    await preconditionCheck(all)([expecting('a', [3n, 5n]), expecting('b', [3n, 5n])]);
    expect(all.asked.map(String)).toEqual(['9']);
  });

  it.each([
    ['the row has changed', { a: 4n }],
    ['the row is gone', {}],
  ])('fail where %s', async (_, since) => {
    await expect(preconditionCheck(context(since as { a: bigint }))([expecting('a', [3n])])).rejects.toMatchObject({
      model: 'X/Thing',
      key: 'a',
      message: 'X/Thing a has changed meanwhile',
    });
  });

  it('fail where nothing fits', async () => {
    await expect(preconditionCheck(context({ a: 3n }))([expecting('a', [])])).rejects.toThrow('has changed');
  });

  it('are not waited for where there are none', async () => {
    const all = context({}, true);
    await preconditionCheck(all)([]);
    expect(all.asked).toEqual([]);
  });

  it('tell a command that was worked out from an old row by an error of its own', async () => {
    const stale = { ...expecting('a', [3n]), otherwise: 'stale-read' } as const;
    await expect(preconditionCheck(context({ a: 4n }))([stale])).rejects.toMatchObject({ name: 'StaleRead' });
  });

  it('end where the rows are late', async () => {
    await expect(preconditionCheck(context({ a: 3n }, true))([expecting('a', [3n])])).rejects.toThrow(NotReady);
  });
});
