import { LRUCache } from 'lru-cache';
import { boundTo, secretNamesRows } from '#api';
import { blueprints } from '#blueprint';
import type { Selection } from '#building';
import { foundations, logicalInterfaces, realInterfaces, seesConfigUuid, structures } from '#building';
import { zones } from '#directory';
import { addressBlocks, addresses, networkAddressBlocks, networks } from '#ipam';
import type { ReadModel, View } from '#read-store';
import { sites } from '#site';
import type { Asked, Group } from '../recorder/groups.ts';
import type { Families } from './ansible.ts';
import type { Host } from './hosts.ts';
import { checkedKeys, hostsOf } from './hosts.ts';

/** Where something may change of what is told of hosts. */
const MODELS: readonly ReadModel[] = [
  structures,
  foundations,
  blueprints,
  sites,
  zones,
  addresses,
  addressBlocks,
  networks,
  networkAddressBlocks,
  realInterfaces,
  logicalInterfaces,
  secretNamesRows,
];

/** How many hosts are remembered, those of all answers together. */
const MAX_REMEMBERED = 40_000;

interface Remembered {
  readonly stamp: number;
  readonly value: object;
  readonly size: number;
}

/** What is asked of a selection of structures. */
export interface Discovered {
  readonly selection: Selection;
  readonly keys: readonly string[];
}

/**
 * What those are told who look after hosts. Where nothing has changed since, the same answer is given again, without a
 * look at any host: so asking again and again costs nothing.
 */
export class Discovery {
  readonly #group: Pick<Group, 'configuration'>;
  readonly #remembered = new LRUCache<string, Remembered>({
    maxSize: MAX_REMEMBERED,
    sizeCalculation: ({ size }) => size,
  });

  /** @param group that of structures */
  constructor(group: Pick<Group, 'configuration'>) {
    this.#group = group;
  }

  /**
   * @param form what is made of the hosts, and with what
   * @throws Refusal where too many are selected, or a key is none
   */
  async answer<T extends object>(
    form: readonly unknown[],
    { selection, keys }: Discovered,
    view: View,
    asked: Asked,
    make: (hosts: readonly Host[]) => T | Promise<T>,
  ): Promise<T> {
    checkedKeys(keys);
    const { caller } = asked;
    const id = JSON.stringify([form, selection, keys, boundTo(caller) ?? null, seesConfigUuid(caller)]);
    const stamp = view.stamp(MODELS);
    const known = stamp === undefined ? undefined : this.#remembered.get(id);
    if (known && known.stamp === stamp) return known.value as T;
    const hosts = await hostsOf(this.#group, selection, keys, view, asked);
    const value = await make(hosts);
    if (stamp !== undefined && view.stamp(MODELS) === stamp) {
      this.#remembered.set(id, { stamp, value, size: hosts.length + 1 });
    }
    return value;
  }
}

/** Which sites and blueprints have which parents. */
export async function familiesIn(view: View): Promise<Families> {
  const all = await view.list(sites);
  const made = await view.list(blueprints);
  return {
    sites: new Map(all.rows.map(({ key, row }) => [String(key), row.parent === null ? [] : [row.parent]])),
    blueprints: new Map(made.rows.map(({ key, row }) => [String(key), row.parents])),
  };
}
