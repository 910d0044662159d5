import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestDatabase } from '#testing';
import { testDatabase } from '#testing';
import { CursorLost, DeliveryLedger, MAX_DEAD } from './delivery-ledger.ts';
import { KeptDeliveries } from './kept-deliveries.ts';
import type { NewDelivery } from './waiting-delivery.ts';

const TRACE = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`;
const delivery = (subscriber: string, id: string, more: Partial<NewDelivery> = {}): NewDelivery => ({
  subscriber,
  id,
  object: 'Site/Site a',
  kind: 'site.described',
  body: `{"id":"${id}"}`,
  ...more,
});

describe('the ledger of deliveries', () => {
  let database: TestDatabase;
  let ledger: DeliveryLedger;
  let kept: KeptDeliveries;
  beforeEach(async () => {
    database = await testDatabase();
    ledger = new DeliveryLedger(database.pool);
    kept = new KeptDeliveries(database.pool, 3);
    await ledger.start();
  });
  afterEach(() => database.drop());

  const states = async () =>
    Object.fromEntries((await kept.list({ skip: 0, count: 100 })).deliveries.map(({ id, state }) => [id, state]));
  const add = async (subscriber: string, ...ids: readonly string[]) =>
    ledger.add(
      ids.map((id) => delivery(subscriber, id)),
      [],
    );

  it('adds deliveries and moves cursors on together, each delivery once', async () => {
    expect(await ledger.cursors(new Map([['one', 5n]]))).toEqual(new Map([['one', 5n]]));
    expect(await ledger.cursors(new Map([['one', 9n]]))).toEqual(new Map([['one', 5n]]));
    const move = { subscriber: 'one', from: 5n, to: 7n };
    const added = await ledger.add([delivery('one', 'b'), delivery('one', 'a', { trace: TRACE })], [move]);
    expect(added.map(({ id, trace }) => [id, trace])).toEqual([
      ['b', undefined],
      ['a', TRACE],
    ]);
    expect(await ledger.waiting()).toEqual(added);
    await expect(ledger.add([delivery('one', 'c')], [move])).rejects.toThrow(CursorLost);
    expect(await ledger.waiting()).toEqual(added);
    expect(await ledger.add([delivery('one', 'a')], [{ ...move, from: 7n, to: 8n }])).toEqual([]);
    await ledger.moveOn(['one'], 6n);
    expect((await ledger.cursors(new Map([['one', 0n]]))).get('one')).toBe(8n);
  });

  it('a server of before, which knew of no traces, has left deliveries that are sent all the same', async () => {
    await database.pool.query('ALTER TABLE ledger.deliveries DROP COLUMN trace');
    await database.pool.query(
      `INSERT INTO ledger.deliveries (subscriber, id, object, kind, body) VALUES ('one', 'a', 'o', 'k', '{}')`,
    );
    await ledger.start();
    expect(await ledger.waiting()).toMatchObject([{ id: 'a', trace: undefined }]);
  });

  it('hands out the text of what waits, and never again once it was acknowledged', async () => {
    const [a, b] = await add('one', 'a', 'b');
    expect(await ledger.bodies([a!.n, b!.n])).toEqual(
      new Map([
        [a!.n, '{"id":"a"}'],
        [b!.n, '{"id":"b"}'],
      ]),
    );
    await ledger.delivered([a!.n]);
    await ledger.delivered([a!.n]);
    expect(await ledger.bodies([a!.n, b!.n])).toEqual(new Map([[b!.n, '{"id":"b"}']]));
    expect([await ledger.hasDelivered('one'), await ledger.hasDelivered('two')]).toEqual([true, false]);
    expect(await ledger.stillWaiting(['a', 'b'])).toEqual(new Set(['b']));
    expect((await kept.counts()).get('one')).toMatchObject({ delivered: 1, waiting: 1, dead: 0, lastError: null });
  });

  it('knows what has failed and when it is tried again; what is given up can be put back once, or taken off', async () => {
    const [a, b] = await add('one', 'a', 'b');
    await ledger.failed(a!, 'no answer \0', { firstFailed: 1000, nextTry: 61_000 });
    expect((await ledger.waiting())[0]).toMatchObject({ id: 'a', tries: 1, firstFailed: 1000, nextTry: 61_000 });
    await ledger.giveUp(a!, 'no answer');
    await ledger.giveUp(b!, 'no answer');
    expect((await kept.counts()).get('one')).toMatchObject({ waiting: 0, dead: 2, lastError: 'no answer' });
    expect(await kept.retry([a!.n, 12_345])).toBe(1);
    expect(await ledger.requeued()).toMatchObject([{ id: 'a', tries: 2, firstFailed: undefined }]);
    expect(await ledger.requeued()).toEqual([]);
    expect(await kept.discard([a!.n, b!.n])).toBe(1);
    expect(await states()).toEqual({ a: 'waiting' });
  });

  it('does not give up, nor try again, what another process has made meanwhile', async () => {
    const [a, b] = await add('one', 'a', 'b');
    await ledger.delivered([a!.n, b!.n]);
    await ledger.failed(a!, 'aborted', { firstFailed: 1000, nextTry: 61_000 });
    await ledger.giveUp(b!, 'aborted');
    expect(await states()).toEqual({ a: 'delivered', b: 'delivered' });
    expect(await ledger.waiting()).toEqual([]);
    expect((await kept.list({ skip: 0, count: 2 })).deliveries.map(({ error }) => error)).toEqual([null, null]);
  });

  it('keeps so many that were given up, the newest, and counts the others', async () => {
    await database.pool.query(
      `INSERT INTO ledger.deliveries (subscriber, id, object, kind, state)
       SELECT 'one', 'old ' || n, 'o', 'k', 'dead' FROM generate_series(1, $1) n`,
      [MAX_DEAD],
    );
    const [last] = await add('one', 'last');
    await ledger.giveUp(last!, 'no answer');
    expect((await kept.counts()).get('one')).toMatchObject({ dead: MAX_DEAD, dropped: 1 });
    const { deliveries, total } = await kept.list({ subscriber: 'one', state: 'dead', skip: 0, count: 1 });
    expect([deliveries.map(({ id }) => id), total]).toEqual([['last'], MAX_DEAD]);
  });

  it('forgets what waits for one that is skipped, and all of one that is gone', async () => {
    await add('one', 'a', 'b');
    await add('two', 'c');
    expect(await kept.skip('one', 40n)).toBe(2);
    expect((await ledger.cursors(new Map([['one', 0n]]))).get('one')).toBe(40n);
    expect(await kept.skip('new', 9n)).toBe(0);
    await ledger.forget(['one', 'new']);
    expect([await ledger.subscribers(), await states()]).toEqual([['two'], { c: 'waiting' }]);
    await ledger.drop('two');
    expect(await ledger.waiting()).toEqual([]);
  });

  it('what was made goes when it was kept long enough, or is more than is kept; the oldest first', async () => {
    const made = await add('one', 'a', 'b', 'c', 'd', 'e', 'f');
    await ledger.delivered(made.slice(0, 5).map(({ n }) => n));
    for (const [n, id] of ['a', 'b', 'c', 'd', 'e'].entries()) {
      const done = `2026-01-0${n + 1}T00:00:00Z`;
      await database.pool.query('UPDATE ledger.deliveries SET done = $2 WHERE id = $1', [id, done]);
    }
    // Three are kept at most.
    expect(await kept.prune('2025-01-01T00:00:00Z', 1)).toBe(1);
    expect(await kept.prune('2025-01-01T00:00:00Z', 10)).toBe(1);
    expect(Object.keys(await states()).toSorted()).toEqual(['c', 'd', 'e', 'f']);
    expect(await kept.prune('2026-01-05T00:00:00Z', 10)).toBe(2);
    expect(await kept.prune('2026-01-05T00:00:00Z', 10)).toBe(0);
    expect(await states()).toEqual({ e: 'delivered', f: 'waiting' });
  });
});
