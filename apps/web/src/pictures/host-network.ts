import { objectPath } from '../model/places.ts';

/** What is known of how a host is connected, as the API tells it. */
export interface HostNetwork {
  readonly host: { readonly name: string; readonly path: string };
  readonly interfaces: readonly {
    readonly id: number;
    readonly model: string;
    readonly name: string;
    readonly network: number | null;
    readonly mac?: string | null;
    readonly physical_location?: string;
    readonly is_provisioning?: boolean;
    /** The interfaces that an aggregated one is made of. */
    readonly primary_interface?: number;
    readonly secondary_interfaces?: readonly number[];
  }[];
  readonly addresses: readonly {
    readonly id: number;
    readonly ip_address: string | null;
    readonly interface_name: string | null;
    readonly address_block: number;
    readonly is_primary: boolean;
  }[];
  readonly networks: readonly { readonly id: number; readonly name: string; readonly mtu?: number | null }[];
  readonly networkBlocks: readonly {
    readonly network: number;
    readonly address_block: number;
    readonly vlan: number | null;
  }[];
  readonly blocks: readonly {
    readonly id: number;
    readonly name: string;
    readonly subnet: string;
    readonly prefix: number;
  }[];
}

/** A card of the picture: its title leads to an object, its lines tell of it. */
export interface Card {
  readonly id: string;
  readonly kind: 'Host' | 'Interface' | 'Network' | 'Address block';
  readonly title: string;
  readonly path: string;
  readonly lines: readonly string[];
}

export interface CardGraph {
  readonly nodes: readonly Card[];
  readonly edges: readonly { readonly from: string; readonly to: string; readonly kind: string }[];
}

const present = (lines: readonly (string | undefined)[]): readonly string[] =>
  lines.filter((line) => line !== undefined);

/** A host, its interfaces with their addresses, the networks these are in, and the address blocks of those. */
export function cardsOf({ host, interfaces, addresses, networks, networkBlocks, blocks }: HostNetwork): CardGraph {
  const nodes: Card[] = [{ id: 'h', kind: 'Host', title: host.name, path: host.path, lines: [] }];
  const edges: CardGraph['edges'][number][] = [];
  const addressLines = (of: typeof addresses): readonly string[] =>
    of.map(({ ip_address: address, is_primary: isPrimary }) => `${address ?? '–'}${isPrimary ? ' (primary)' : ''}`);
  const members = new Set(
    interfaces.flatMap((one) => [one.primary_interface ?? [], one.secondary_interfaces ?? []].flat()),
  );
  for (const one of interfaces) {
    const id = `i${one.id}`;
    nodes.push({
      id,
      kind: 'Interface',
      title: one.name,
      path: objectPath(one.model, one.id),
      lines: present([
        one.mac ?? undefined,
        one.physical_location === undefined ? undefined : `at ${one.physical_location}`,
        one.is_provisioning === true ? 'provisioning' : undefined,
        ...addressLines(addresses.filter((address) => address.interface_name === one.name)),
      ]),
    });
    const parts = [one.primary_interface ?? [], one.secondary_interfaces ?? []].flat();
    for (const part of new Set(parts)) edges.push({ from: `i${part}`, to: id, kind: 'is part of' });
    if (parts.length === 0 || !interfaces.some(({ id: known }) => parts.includes(known))) {
      edges.push({ from: 'h', to: id, kind: 'has' });
    }
    if (one.network !== null && !members.has(one.id)) edges.push({ from: id, to: `n${one.network}`, kind: 'is in' });
  }
  // Those of interfaces that nobody has described.
  const named = new Set(interfaces.map(({ name }) => name));
  const others = addresses.filter(({ interface_name: name }) => name === null || !named.has(name));
  for (const name of new Set(others.map(({ interface_name: one }) => one))) {
    const id = `a${name ?? ''}`;
    nodes.push({
      id,
      kind: 'Interface',
      title: name ?? 'no interface',
      path: host.path,
      lines: addressLines(others.filter(({ interface_name: one }) => one === name)),
    });
    edges.push({ from: 'h', to: id, kind: 'has' });
    for (const block of new Set(others.filter((one) => one.interface_name === name).map((one) => one.address_block))) {
      edges.push({ from: id, to: `b${block}`, kind: 'has addresses of' });
    }
  }
  const used = new Set(edges.map(({ to }) => to));
  for (const { id, name, mtu } of networks) {
    if (!used.has(`n${id}`)) continue;
    const lines = present([mtu === null || mtu === undefined ? undefined : `MTU ${mtu}`]);
    nodes.push({ id: `n${id}`, kind: 'Network', title: name, path: objectPath('Utilities/Network', id), lines });
    for (const { network, address_block: block, vlan } of networkBlocks) {
      if (network !== id) continue;
      edges.push({ from: `n${id}`, to: `b${block}`, kind: vlan === null || vlan === 0 ? 'has' : `VLAN ${vlan}` });
    }
  }
  const joined = new Set(edges.map(({ to }) => to));
  for (const { id, name, subnet, prefix } of blocks) {
    if (!joined.has(`b${id}`)) continue;
    const path = objectPath('Utilities/AddressBlock', id);
    nodes.push({ id: `b${id}`, kind: 'Address block', title: name, path, lines: [`${subnet}/${prefix}`] });
  }
  const known = new Set(nodes.map(({ id }) => id));
  return { nodes, edges: edges.filter(({ from, to }) => known.has(from) && known.has(to)) };
}
