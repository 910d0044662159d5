import { describe, expect, it } from '@jest/globals';
import type { UnitOfWork } from '#kernel';
import type { ReadModel } from '#read-store';
import { byHolding, CachedRow } from '#read-store';
import { NotReady } from './errors.ts';
import type { Model } from './model.ts';
import type { PreconditionContext } from './preconditions.ts';
import { requireLatest, requireUnchanged } from './preconditions.ts';

const rows: ReadModel = { name: 'things', version: 1, key: 'text', history: true, indexes: {}, on: {} };
const model: Model = { path: 'X/Thing', fields: {}, rows };

/** Rows that are as they are since these positions, and a log that has come to 9. */
function ground(
  since: Readonly<Record<string, bigint>>,
  late = false,
): PreconditionContext & { readonly asked: bigint[] } {
  const asked: bigint[] = [];
  const now = byHolding({
    cached: async <Row extends object>() =>
      new Map(Object.entries(since).map(([key, position]) => [key, new CachedRow({} as Row, position, 2)])),
    keys: async () => ({ keys: [], total: 0 }),
  });
  const caughtUp = async (position: bigint): Promise<boolean> => {
    asked.push(position);
    return !late;
  };
  return { asked, reads: { now, projector: { caughtUp } }, head: async () => 9n, timeoutMs: 10 };
}

const work = {
  read: () => [{ stream: 'zone-1', revision: 0 }],
  written: () => [{ stream: 'thing-a', expected: 0, events: [] }],
} as unknown as UnitOfWork;

describe('objects that a request was thought of for', () => {
  it('are asked for once the rows show all of the log', async () => {
    const all = ground({ a: 3n, b: 5n });
    await requireUnchanged(model, ['a', 'b'], [3n, 5n], all);
    expect(all.asked.map(String)).toEqual(['9']);
  });

  it.each([
    ['have changed', { a: 4n }],
    ['are gone', {}],
  ])('%s', async (_, since) => {
    await expect(requireUnchanged(model, ['a'], [3n], ground(since as { a: bigint }))).rejects.toMatchObject({
      model: 'X/Thing',
      key: 'a',
      message: 'X/Thing a has changed meanwhile',
    });
  });

  it('fit nothing where there is nothing to fit', async () => {
    await expect(requireUnchanged(model, ['a'], [], ground({ a: 3n }))).rejects.toThrow('has changed');
  });

  it('are not asked for where nobody wants to know', async () => {
    const all = ground({}, true);
    await requireUnchanged(model, ['a'], undefined, all);
    expect(all.asked).toEqual([]);
  });

  it('are not known while the rows are late', async () => {
    await expect(requireUnchanged(model, ['a'], [3n], ground({ a: 3n }, true))).rejects.toBeInstanceOf(NotReady);
  });
});

describe('an object that a change was worked out from', () => {
  it('is the latest', async () => {
    await requireLatest(model, 'a', 3n, work, ground({ a: 3n }));
  });

  it('is not, and the work is done again', async () => {
    await expect(requireLatest(model, 'a', 2n, work, ground({ a: 3n }))).rejects.toMatchObject({
      name: 'Conflict',
      streams: ['zone-1', 'thing-a'],
    });
  });
});
