import { expect, it, jest } from '@jest/globals';
import * as fc from 'fast-check';
import { checkZones, compiled } from '../test/check-zones.ts';
import { address, block, entry, fact, host, rendered, site, structure, zone } from '../test/example-zones.ts';
import type { FactChange, FactKind, FactOf } from './facts.ts';
import { ownerKey } from './facts.ts';
import { ZoneRenderer } from './zone-renderer.ts';
import type { ZoneContent } from './zone-source.ts';

jest.setTimeout(600_000);

/** Names as the API takes them, and whatever a row of an earlier day may say. */
const label = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('web1', 'web2', 'ns', 'inner', 'www', 'mail', 'eth0', 'a-b') },
  { weight: 1, arbitrary: fc.constantFrom('x'.repeat(63), 'y'.repeat(64), 'eth_0', '-a', 'a-', 'A1', 'a b', '', '@') },
  { weight: 1, arbitrary: fc.string({ maxLength: 8, unit: 'grapheme' }) },
);
const dotted = fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => labels.join('.'));
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constantFrom('"', '\\', ';', '(', '\n$INCLUDE x'),
);
const target = fc.oneof(
  dotted,
  dotted.map((name) => `${name}.`),
  fc.constantFrom('web1', 'www', 'web1.test.', 'www.inner.test.', '.', '..', '@', 'nowhere.example.'),
  text,
);
const number = fc.option(fc.integer({ min: 0, max: 65_535 }), { nil: null });
const id = fc.integer({ min: 1, max: 4 });
const maybeId = fc.option(id, { nil: null });
const siteName = fc.constantFrom('site1', 'site2', 'site3');
const time = fc.oneof(fc.constant(3600), fc.constantFrom(-1, 0, 2 ** 31 - 1, 2 ** 31, 2 ** 40));

type Rows = { readonly [K in FactKind]: fc.Arbitrary<readonly [string | number, FactOf<K>]> };

const rows: Rows = {
  zones: fc
    .record({
      name: fc.oneof(fc.constantFrom('test', 'inner', 'web1', 'localhost', 'www'), label),
      parent: maybeId,
      timers: fc.record({ ttl: time, refresh: time, retry: time, expire: time, minimum: time }),
    })
    .chain((row) => id.map((key) => [key, row] as const)),
  entries: fc.tuple(
    fc.integer({ min: 1, max: 12 }),
    fc.record({
      zone: maybeId,
      name: dotted,
      service: fc.record({
        type: fc.constantFrom('MX', 'SRV', 'CNAME', 'TXT'),
        priority: number,
        weight: number,
        port: number,
      }),
      target,
    }),
  ),
  sites: fc.tuple(siteName, fc.record({ zone: maybeId })),
  hosts: fc.tuple(fc.integer({ min: 1, max: 8 }), fc.record({ hostname: label, site: siteName })),
  structures: fc.tuple(
    fc.integer({ min: 1, max: 8 }),
    fc.record({ foundation: fc.constantFrom('f1', 'f2', 'f3', 'f"4') }),
  ),
  interfaces: fc.tuple(
    fc.integer({ min: 1, max: 8 }).map((n) => `real/${n}`),
    fc.record({
      owner: fc.oneof(
        fc.constantFrom('f1', 'f2', 'f3').map((locator) => ownerKey('foundation', locator)),
        fc.integer({ min: 1, max: 4 }).map((structure) => ownerKey('structure', structure)),
      ),
      name: fc.constantFrom('eth0', 'eth1', 'eth_2'),
      network: id,
    }),
  ),
  addresses: fc.tuple(
    fc.integer({ min: 1, max: 16 }),
    fc.record({
      block: maybeId,
      offset: fc.option(fc.integer({ min: 0, max: 15 }).map(String), { nil: null }),
      holder: fc.option(fc.integer({ min: 1, max: 8 }), { nil: null }),
      interfaceName: fc.option(fc.constantFrom('eth0', 'eth1', 'Eth0', 'eth0-1', 'eth_2'), { nil: null }),
      aliasIndex: fc.option(fc.integer({ min: 1, max: 2 }), { nil: null }),
      pointer: fc.option(fc.integer({ min: 1, max: 16 }), { nil: null, freq: 1 }),
      primary: fc.boolean(),
    }),
  ),
  blocks: fc.tuple(
    id,
    fc.oneof(
      fc.record({
        site: siteName,
        subnet: fc.constantFrom('10.0.0.0', '10.0.0.64', '10.0.1.128'),
        prefix: fc.constantFrom(8, 23, 24, 26, 28),
      }),
      fc.record({
        site: siteName,
        subnet: fc.constantFrom('2001:db8::', '2001:db8:0:1::'),
        prefix: fc.constantFrom(47, 64, 124),
      }),
    ),
  ),
  links: fc.tuple(
    id,
    fc.record({ network: id, block: id, vlan: fc.option(fc.constantFrom(0, 30, 4095), { nil: null }) }),
  ),
};

/** A row that comes, changes or goes. */
const change: fc.Arbitrary<FactChange> = fc.oneof(
  ...(Object.keys(rows) as FactKind[]).map((kind) =>
    fc
      .tuple(
        rows[kind] as fc.Arbitrary<readonly [string | number, FactOf<typeof kind>]>,
        fc.integer({ max: 5, min: 0 }),
      )
      .map(([[key, row], n]) => fact(kind, key, n === 0 ? undefined : row)),
  ),
);
const turns = fc.array(fc.array(change, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 25 });
const options = { nameServers: [1, 2, 9], soaEmail: undefined };

/** A site with structures, hosts and entries, of which most is as it should be. */
const BEGIN: readonly FactChange[] = [
  zone(1, 'test'),
  zone(2, 'inner', 1),
  site('site1', 1),
  site('site2', 2),
  block(1, '10.0.0.0', 24),
  block(2, '10.0.1.128', 26),
  block(3, '2001:db8::', 64),
  block(4, '10.0.0.0', 24, 'site2'),
  ...[1, 2, 3].map((n) => fact('links', n, { network: n, block: n, vlan: n === 2 ? 30 : null })),
  ...structure(1, 'ns', { eth0: 1, eth1: 2 }),
  ...structure(2, 'web1', { eth0: 1, eth1: 3 }),
  ...structure(3, 'web2', { eth0: 2 }),
  host(4, 'ns', 'site2'),
  ...[1, 2, 3, 4].flatMap((n) => [
    address(n, n, 'eth0', { block: n === 3 ? 2 : n === 4 ? 4 : 1, offset: String(n), primary: true }),
    address(n + 4, n, 'eth1', { block: n === 2 ? 3 : 2, offset: String(n + 4) }),
    address(n + 8, n, 'eth0#1', { pointer: n }),
  ]),
  entry(1, null, 'CNAME', 'www', 'web1.test.'),
  entry(2, 1, 'MX', 'mail', 'web1', { priority: 1 }),
];

const told = (zones: ReadonlyMap<string, ZoneContent>) =>
  [...zones.values()]
    .map(({ name, kind, hash, leftOut, leftOutCount, text }) => ({
      name,
      kind,
      hash,
      leftOut,
      leftOutCount,
      text: text(1),
    }))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));

/** Checks that only records that are there twice may be fewer in BIND than in the text. */
async function nothingIsLost(zone: ZoneContent): Promise<void> {
  const loaded = (await compiled(zone)).split('\n').filter(Boolean).length;
  const [, , ...lines] = zone.text(1).split('\n').filter(Boolean);
  expect(loaded).toBe(new Set(lines.map((line) => line.toLowerCase().replaceAll(/ +/g, ' '))).size);
}

it('whatever rows say and in whatever order they change, zones are as if made from nothing, and BIND loads them', async () => {
  let zonesSeen = 0;
  let recordsSeen = 0;
  await fc.assert(
    fc.asyncProperty(turns, async (taken) => {
      const renderer = new ZoneRenderer(options);
      const all = new Map<string, FactChange>();
      let before = await renderer.render();
      for (const turn of [BEGIN, ...taken]) {
        for (const one of turn) all.set(`${one.kind} ${one.key}`, one);
        renderer.take(turn);
        const now = await renderer.render();
        for (const [name, content] of now) {
          const old = before.get(name);
          const same = old?.hash === content.hash && JSON.stringify(old.leftOut) === JSON.stringify(content.leftOut);
          expect(same).toBe(old === content);
        }
        before = now;
      }
      expect(told(before)).toEqual(told(await rendered([...all.values()].toReversed(), options)));
      await checkZones(before.values());
      const [some] = before.values();
      if (some) await nothingIsLost(some);
      zonesSeen += before.size;
      for (const zone of before.values()) recordsSeen += zone.text(1).split('\n').length - 5;
    }),
    { numRuns: 100 },
  );
  // There was something to be loaded.
  expect(zonesSeen).toBeGreaterThan(150);
  expect(recordsSeen).toBeGreaterThan(500);
});
