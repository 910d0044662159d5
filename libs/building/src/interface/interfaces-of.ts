import type { View } from '#read-store';
import { structures } from '../structure/structures.ts';
import type { LogicalKind } from './logical-interface.ts';
import type { LogicalInterfaceRow } from './logical-interfaces.ts';
import { logicalInterfaces } from './logical-interfaces.ts';
import type { RealInterfaceRow } from './real-interfaces.ts';
import { realInterfaces } from './real-interfaces.ts';

/** A network interface of whichever kind. */
export type NetworkInterface =
  | { readonly id: number; readonly kind: 'Real'; readonly row: RealInterfaceRow }
  | { readonly id: number; readonly kind: LogicalKind; readonly row: LogicalInterfaceRow };

/** How many hosts are looked up at once. */
const MAX_HOSTS = 1000;

/**
 * The network interfaces of hosts, by the id of the host: those of the foundation first, by physical location, then those
 * of the structure itself, by id. Hosts that nothing is built for have none.
 */
export async function interfacesOf(
  view: View,
  hosts: readonly number[],
): Promise<ReadonlyMap<number, readonly NetworkInterface[]>> {
  const found = new Map<number, NetworkInterface[]>(hosts.map((host) => [host, []]));
  for (let at = 0; at < hosts.length; at += MAX_HOSTS) {
    const standing = [...(await view.many(structures, hosts.slice(at, at + MAX_HOSTS)))];
    if (standing.length === 0) continue;
    const hostOn = new Map(standing.map(([host, { foundation }]) => [foundation, Number(host)]));
    const real = await view.list(realInterfaces, { where: { foundation: valueOrAny([...hostOn.keys()]) } });
    for (const { key, row } of real.rows.toSorted(byLocation)) {
      found.get(hostOn.get(row.foundation)!)?.push({ id: Number(key), kind: 'Real', row });
    }
    const logical = await view.list(logicalInterfaces, { where: { structure: valueOrAny([...hostOn.values()]) } });
    for (const { key, row } of logical.rows) {
      found.get(row.structure)?.push({ id: Number(key), kind: row.kind, row });
    }
  }
  return found;
}

/** Lists by one value are kept in memory; those by several are not. */
const valueOrAny = (values: readonly (string | number)[]) => (values.length === 1 ? values[0]! : { any: values });

interface Located {
  readonly row: Pick<RealInterfaceRow, 'physicalLocation'>;
}

/** Real interfaces in the order of their physical locations. */
export const byLocation = ({ row: one }: Located, { row: other }: Located): number =>
  one.physicalLocation < other.physicalLocation ? -1 : one.physicalLocation > other.physicalLocation ? 1 : 0;

/**
 * The one of a host's interfaces that a name means: that of the foundation, else that of the structure itself.
 * @returns undefined where there is none; an address may name one that is not there
 */
export const interfaceNamed = (
  interfaces: readonly NetworkInterface[],
  name: string | null,
): NetworkInterface | undefined => interfaces.find(({ row }) => row.name === name);

/** The interface that an address of a host is on; undefined where there is none of that name. */
export async function interfaceOf(
  view: View,
  { holder, interfaceName }: { readonly holder: number | null; readonly interfaceName: string | null },
): Promise<NetworkInterface | undefined> {
  if (holder === null) return undefined;
  return interfaceNamed((await interfacesOf(view, [holder])).get(holder) ?? [], interfaceName);
}

/** The MAC of one of a host's interfaces: an aggregated one has that of its primary, an abstract one has none. */
export function macOf(interfaces: readonly NetworkInterface[], of: NetworkInterface): string | null {
  const seen = new Set<number>();
  let at: NetworkInterface | undefined = of;
  while (at && !seen.has(at.id)) {
    if (at.kind === 'Real') return at.row.mac;
    seen.add(at.id);
    const { primary }: LogicalInterfaceRow = at.row;
    at = interfaces.find(({ id }) => id === primary);
  }
  return null;
}
