import type { FactChange, FactKey, FactKind, FactOf } from '../src/facts.ts';
import { ownerKey } from '../src/facts.ts';
import type { ZoneOptions } from '../src/zone-renderer.ts';
import { ZoneRenderer } from '../src/zone-renderer.ts';
import type { ZoneContent } from '../src/zone-source.ts';

/** A fact that is there; undefined: it is gone. */
export const fact = <K extends FactKind>(kind: K, key: FactKey, value: FactOf<K> | undefined): FactChange =>
  ({ kind, key, fact: value }) as unknown as FactChange;

export const TIMERS = { ttl: 3600, refresh: 86_400, retry: 7200, expire: 36_000, minimum: 172_800 };

export const zone = (id: number, name: string, parent: number | null = null) =>
  fact('zones', id, { name, parent, timers: TIMERS });

export const site = (name: string, in_: number | null) => fact('sites', name, { zone: in_ });

export const block = (id: number, subnet: string, prefix: number, of = 'site1') =>
  fact('blocks', id, { site: of, subnet, prefix });

/** A host that nothing is built for. */
export const host = (id: number, hostname: string, of = 'site1') => fact('hosts', id, { hostname, site: of });

/** A structure on a foundation with real interfaces, by their networks. */
export const structure = (
  id: number,
  hostname: string,
  interfaces: Readonly<Record<string, number>>,
  of = 'site1',
): FactChange[] => [
  host(id, hostname, of),
  fact('structures', id, { foundation: `f-${hostname}` }),
  ...Object.entries(interfaces).map(([name, network]) =>
    fact('interfaces', `real/${hostname}/${name}`, { owner: ownerKey('foundation', `f-${hostname}`), name, network }),
  ),
];

export const address = (id: number, holder: number, on: string, given: Partial<FactOf<'addresses'>>) => {
  const [interfaceName = '', alias] = on.split('#');
  const nowhere = { block: null, offset: null, pointer: null, primary: false };
  const aliasIndex = alias === undefined ? null : Number(alias);
  return fact('addresses', id, { ...nowhere, holder, interfaceName, aliasIndex, ...given });
};

type Numbers = Partial<FactOf<'entries'>['service']>;

export const entry = (
  id: number,
  of: number | null,
  type: FactOf<'entries'>['service']['type'],
  name: string,
  target: string,
  numbers: Numbers = {},
) =>
  fact('entries', id, {
    zone: of,
    name,
    service: { type, priority: null, weight: null, port: null, ...numbers },
    target,
  });

/** The zone `test` with a site and a block of it, and a site that is in no zone. */
export const BASE = [zone(1, 'test'), site('site1', 1), site('site2', null), block(1, '10.0.0.0', 24)];

export const NO_OPTIONS: ZoneOptions = { nameServers: [], soaEmail: undefined };

export const rendered = async (
  facts: readonly FactChange[],
  options: Partial<ZoneOptions> = {},
): Promise<ReadonlyMap<string, ZoneContent>> => {
  const renderer = new ZoneRenderer({ ...NO_OPTIONS, ...options });
  renderer.take(facts);
  return renderer.render();
};

/** The records of a zone, without the blanks between their parts. */
export const recordsOf = (zones: ReadonlyMap<string, ZoneContent>, name: string): readonly string[] =>
  (zones.get(name)?.text(1) ?? '')
    .split('\n')
    .slice(3)
    .filter((line) => line !== '')
    .map((line) => line.replaceAll(/ +/g, ' '));
