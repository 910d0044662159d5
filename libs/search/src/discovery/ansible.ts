import type { Json } from '#kernel';
import { isMap } from '../query/values-at.ts';
import type { Host } from './hosts.ts';

/** A group of an inventory. */
interface Group {
  readonly hosts: string[];
  readonly children: string[];
}

/** An inventory as a dynamic inventory script tells it. */
export type Inventory = Readonly<Record<string, unknown>>;

/** Which sites and blueprints are within others, or come from them: their parents, by name. */
export interface Families {
  readonly sites: ReadonlyMap<string, readonly string[]>;
  readonly blueprints: ReadonlyMap<string, readonly string[]>;
}

/** A name as those of groups and variables are: letters, digits and `_`. */
const safe = (name: string): string => name.replaceAll(/[^A-Za-z0-9_]/g, '_');

/** A text in which Ansible would look for templates is marked as one in which it may not. */
function plain(value: Json): unknown {
  if (typeof value === 'string') return /\{[{%#]/.test(value) ? { __ansible_unsafe: value } : value;
  if (Array.isArray(value)) return (value as Json[]).map(plain);
  return isMap(value) ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)])) : value;
}

function variablesOf(host: Host): Readonly<Record<string, unknown>> {
  const { values, address, addresses, ...about } = host;
  return {
    ...Object.fromEntries(Object.entries(values).map(([key, value]) => [safe(key), plain(value)])),
    ...Object.fromEntries(Object.entries(about).map(([key, value]) => [`contractor_${key}`, plain(value as Json)])),
    contractor_addresses: addresses,
    ...(address === null ? {} : { ansible_host: address }),
  };
}

/** What a host is called in the inventory: its full name, and where two have the same, with its site. */
function namesOf(hosts: readonly Host[]): ReadonlyMap<Host, string> {
  const nameOf = ({ fqdn, hostname }: Host): string => fqdn ?? hostname;
  const counts = new Map<string, number>();
  for (const host of hosts) counts.set(nameOf(host), (counts.get(nameOf(host)) ?? 0) + 1);
  return new Map(
    hosts.map((host) => [host, (counts.get(nameOf(host)) ?? 0) > 1 ? `${nameOf(host)}.${host.site}` : nameOf(host)]),
  );
}

/** Hosts as an inventory: in groups by site, blueprint, state and label; those of a site are in all sites around it. */
export function inventoryOf(hosts: readonly Host[], { sites, blueprints }: Families): Inventory {
  const groups = new Map<string, Group>();
  const group = (name: string): Group => {
    const known = groups.get(name) ?? { hosts: [], children: [] };
    groups.set(name, known);
    return known;
  };
  const within = (kind: string, name: string, families: Families['sites'], seen: Set<string>): Group => {
    const own = safe(`${kind}_${name}`);
    if (!seen.has(own)) {
      seen.add(own);
      for (const parent of families.get(name) ?? []) {
        const { children } = within(kind, parent, families, seen);
        if (!children.includes(own)) children.push(own);
      }
    }
    return group(own);
  };
  const names = namesOf(hosts);
  const seen = new Set<string>();
  for (const host of hosts) {
    const name = names.get(host) ?? host.hostname;
    within('site', host.site, sites, seen).hosts.push(name);
    within('blueprint', host.blueprint, blueprints, seen).hosts.push(name);
    group(`state_${safe(host.state)}`).hosts.push(name);
    for (const [key, value] of Object.entries(host.labels)) group(safe(`label_${key}_${value}`)).hosts.push(name);
  }
  return {
    _meta: { hostvars: Object.fromEntries(hosts.map((host) => [names.get(host), variablesOf(host)])) },
    all: { children: [...groups.keys(), 'ungrouped'] },
    ungrouped: { hosts: [] },
    ...Object.fromEntries(
      [...groups].map(([name, { hosts: members, children }]) => [
        name,
        { hosts: members, ...(children.length > 0 ? { children } : {}) },
      ]),
    ),
  };
}
