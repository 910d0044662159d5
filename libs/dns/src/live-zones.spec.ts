import { beforeEach, describe, expect, it } from '@jest/globals';
import { networkeds } from '#building';
import { zones as zoneRows } from '#directory';
import { addressBlocks, addresses } from '#ipam';
import type { Key, ReadModel, View } from '#read-store';
import { CachedRow, viewOf } from '#read-store';
import { sites } from '#site';
import { NO_OPTIONS, recordsOf, TIMERS } from '../test/example-zones.ts';
import type { LiveZonesContext } from './live-zones.ts';
import { LiveZones, zonesOf } from './live-zones.ts';

/** Rows by model and key, at every position from when they are so. */
let rows: { readonly model: string; readonly key: Key; readonly since: bigint; readonly row: object | undefined }[];
let head: bigint;
/** Rows that were read, by model. */
let read: string[];
let failing: boolean;
let late: boolean;
let tooMany: boolean;

function put<Row extends object>(model: ReadModel<Row>, key: Key, row: object | undefined): void {
  head += 1n;
  rows.push({ model: model.name, key, since: head, row });
}

function viewAt(position: bigint): View {
  const of = (name: string): Map<Key, object> => {
    const found = new Map<Key, object>();
    for (const { model, key, since, row } of rows) {
      if (model !== name || since > position) continue;
      if (row) found.set(key, row);
      else found.delete(key);
    }
    return found;
  };
  return viewOf({
    cached: async <Row extends object>({ name }: ReadModel<Row>, keys: readonly Key[]) => {
      if (failing) throw new Error('the database is gone');
      read.push(...keys.map((key) => `${name} ${key}`));
      const all = of(name);
      const there = keys.filter((key) => all.has(key));
      return new Map(there.map((key) => [key, new CachedRow(all.get(key) as Row, 1n, 1)]));
    },
    keys: async ({ name }) => {
      const keys = [...of(name).keys()];
      return { keys, total: keys.length };
    },
  });
}

const context = (): LiveZonesContext => ({
  ...NO_OPTIONS,
  store: { head: async () => head },
  reads: {
    at: viewAt,
    changed: async ({ after, upTo, models }) =>
      tooMany
        ? undefined
        : new Map(
            models.map((model) => {
              const changed = rows.filter((one) => one.model === model.name && one.since > after && one.since <= upTo);
              return [model, new Set(changed.map(({ key }) => key))];
            }),
          ),
    projector: { caughtUp: async () => !late },
  },
});

beforeEach(() => {
  [rows, head, read] = [[], 0n, []];
  [failing, late, tooMany] = [false, false, false];
  put(zoneRows, 1, { name: 'test', parent: null, timers: TIMERS });
  put(zoneRows, 2, { name: 'other', parent: null, timers: TIMERS });
  put(sites, 'site1', { zone: 1 });
  put(addressBlocks, 1, { site: 'site1', subnet: '10.0.0.0', prefix: 24 });
  for (const id of [1, 2, 3]) {
    put(networkeds, id, { hostname: `host${id}`, site: 'site1' });
    put(addresses, id, { ...ADDRESS, offset: String(id), holder: id });
  }
});

const ADDRESS = { kind: 'Address', block: 1, interfaceName: 'eth0', aliasIndex: null, pointer: null, primary: true };

describe('the zones of now', () => {
  it('read what has changed, and are the same objects where nothing has', async () => {
    const live = new LiveZones(context());
    const first = await live.zones();
    expect(first.position).toBe(head);
    expect(await live.zones()).toBe(first);
    read = [];
    put(networkeds, 2, { hostname: 'renamed', site: 'site1' });
    const second = await live.zones();
    expect(read).toEqual(['networkeds 2']);
    expect(recordsOf(second.zones, 'test')).toContain('renamed IN A 10.0.0.2');
    expect(second.zones.get('test')).not.toBe(first.zones.get('test'));
    expect(second.zones.get('0.0.10.in-addr.arpa')).not.toBe(first.zones.get('0.0.10.in-addr.arpa'));
    expect(second.zones.get('other')).toBe(first.zones.get('other'));
    put(networkeds, 2, undefined);
    put(addresses, 2, undefined);
    const third = await live.zones();
    expect(recordsOf(third.zones, 'test').filter((line) => line.includes('10.0.0.2'))).toEqual([]);
    expect(third.position).toBe(head);
  });

  it.each([
    ['too much has happened', () => void (tooMany = true), {}],
    ['it is long ago that all was read', () => undefined, { maxAgeMs: 0 }],
    ['the log is behind what it was', () => void (head -= 2n), {}],
  ])('read all rows where %s', async (_, happens, options) => {
    const live = new LiveZones({ ...context(), ...options });
    put(networkeds, 4, { hostname: 'host4', site: 'site1' });
    put(zoneRows, 3, { name: 'third', parent: null, timers: TIMERS });
    const first = await live.zones();
    put(networkeds, 5, { hostname: 'host5', site: 'site1' });
    happens();
    read = [];
    const { zones } = await live.zones();
    expect(read).toContain('networkeds 1');
    expect(zones.get('other')).toBe(first.zones.get('other'));
  });

  it('read all again after something went wrong, and nobody is told half of it', async () => {
    const live = new LiveZones(context());
    const first = await live.zones();
    put(networkeds, 2, { hostname: 'renamed', site: 'site1' });
    failing = true;
    await expect(live.zones()).rejects.toThrow('the database is gone');
    failing = false;
    const { zones } = await live.zones();
    expect(recordsOf(zones, 'test')).toContain('renamed IN A 10.0.0.2');
    expect(zones.get('other')).toBe(first.zones.get('other'));
  });

  it('are not told where the rows are late', async () => {
    late = true;
    await expect(new LiveZones(context()).zones()).rejects.toThrow('the read models are late');
  });
});

describe('the zones of a view', () => {
  it('are made of its rows', async () => {
    const before = head;
    put(networkeds, 2, { hostname: 'renamed', site: 'site1' });
    expect(recordsOf(await zonesOf(viewAt(before), NO_OPTIONS), 'test')).toContain('host2 IN A 10.0.0.2');
    expect(recordsOf(await zonesOf(viewAt(head), NO_OPTIONS), 'test')).toContain('renamed IN A 10.0.0.2');
  });

  it('are made of so many rows at most', async () => {
    expect((await zonesOf(viewAt(head), NO_OPTIONS, 10)).size).toBe(3);
    await expect(zonesOf(viewAt(head), NO_OPTIONS, 9)).rejects.toThrow('of 9 rows at most, and there were 10');
    expect(read).toHaveLength(10);
  });
});
