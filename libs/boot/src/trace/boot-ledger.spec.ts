import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestDatabase } from '#testing';
import { testDatabase } from '#testing';
import type { TracedRequest } from './boot-ledger.ts';
import { BootLedger, MAX_LEASES_EACH, MAX_REQUESTS_EACH } from './boot-ledger.ts';

const WEB1 = '52:54:00:00:00:01';
const WEB2 = '52:54:00:00:00:02';
const at = (second: number): string => new Date(Date.UTC(2026, 0, 1) + 1000 * second).toISOString();

/** A request in the n-th second. */
const request = (n: number, more: Partial<TracedRequest> = {}): TracedRequest => ({
  id: `a1/${n}`,
  time: at(n),
  site: 'site1',
  mac: WEB1,
  address: '10.0.0.1',
  foundation: 'web1',
  structure: 3,
  kind: 'tftp',
  what: `file${n}`,
  outcome: 'served',
  size: 5,
  durationMs: 7,
  detail: '',
  agent: 'a1',
  ...more,
});

describe('the ledger of boot requests', () => {
  let database: TestDatabase;
  let ledger: BootLedger;
  beforeAll(async () => {
    database = await testDatabase();
    ledger = new BootLedger(database.pool, 5);
    await ledger.start();
  });
  beforeEach(async () => void (await database.pool.query('TRUNCATE ledger.boot_requests')));
  afterAll(() => database.drop());

  const names = async (asked: Partial<Parameters<BootLedger['list']>[0]> = {}) =>
    (await ledger.list({ count: 500, ...asked })).map(({ what }) => what);

  it('keeps each request once, and shows the newest in the order in which they were made', async () => {
    await ledger.keep([request(2), request(1)]);
    await ledger.keep([request(2), request(3)]);
    expect(await names()).toEqual(['file1', 'file2', 'file3']);
    expect(await names({ count: 2 })).toEqual(['file2', 'file3']);
    const { id: _, ...kept } = request(3);
    expect(await ledger.list({ count: 1 })).toEqual([kept]);
  });

  it('finds those of a machine', async () => {
    const other = { mac: null, address: '10.0.0.2', site: null, foundation: null, structure: null };
    await ledger.keep([request(1), request(2, { mac: WEB2, structure: 4, foundation: 'web2' }), request(3, other)]);
    expect(await names({ mac: WEB1 })).toEqual(['file1']);
    expect(await names({ address: '10.0.0.1' })).toEqual(['file1', 'file2']);
    expect(await names({ structure: 4 })).toEqual(['file2']);
    expect(await names({ foundation: 'web1', site: 'site1' })).toEqual(['file1']);
    expect(await names({ site: 'site2' })).toEqual([]);
    expect(await ledger.list({ address: '10.0.0.2', count: 9 })).toMatchObject([other]);
  });

  it('learns whose requests those are that were made before the lease was told', async () => {
    const unknown = { mac: null, site: null, foundation: null, structure: null };
    await ledger.keep([request(0, unknown), request(10, unknown), request(11, { ...unknown, address: '10.0.0.2' })]);
    await ledger.keep([request(65, { kind: 'lease' }), request(180, unknown)]);
    await ledger.keep([request(181, { kind: 'lease', mac: WEB2, foundation: 'web2', structure: null })]);
    expect(await names({ mac: WEB1 })).toEqual(['file10', 'file65']);
    expect(await names({ mac: WEB2 })).toEqual(['file180', 'file181']);
    expect(await names({ foundation: 'web1' })).toEqual(['file10', 'file65']);
    expect(await names({ address: '10.0.0.1' })).toEqual(['file0', 'file10', 'file65', 'file180', 'file181']);
    expect(await ledger.list({ address: '10.0.0.2', count: 9 })).toMatchObject([unknown]);
  });

  it('keeps so many of a machine, leases apart', async () => {
    const many = Array.from({ length: MAX_REQUESTS_EACH + 3 }, (_, n) => request(n));
    const leases = Array.from({ length: MAX_LEASES_EACH + 2 }, (_, n) => request(1000 + n, { kind: 'lease' }));
    await ledger.keep(many);
    await ledger.keep([...leases, request(5000, { mac: WEB2 })]);
    const left = await names({ mac: WEB1 });
    expect([left.length, left[0]]).toEqual([MAX_REQUESTS_EACH + MAX_LEASES_EACH, 'file3']);
    expect(left[MAX_REQUESTS_EACH]).toBe('file1002');
    expect(await names({ mac: WEB2 })).toEqual(['file5000']);
  });

  it('removes what is old, and the oldest of too many', async () => {
    await ledger.keep([1, 2, 3, 4].map((n) => request(n)));
    expect(await ledger.prune(at(3), 1)).toBe(1);
    expect(await ledger.prune(at(3), 10)).toBe(1);
    expect(await names()).toEqual(['file3', 'file4']);
    await ledger.keep([5, 6, 7, 8].map((n) => request(n)));
    expect(await ledger.prune(at(0), 10)).toBe(1);
    expect(await names()).toEqual(['file4', 'file5', 'file6', 'file7', 'file8']);
    expect(await ledger.prune(at(0), 10)).toBe(0);
  });
});
