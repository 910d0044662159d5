import type { FindType, FoundationRow } from '#building';
import { foundations, interfaceNamed, interfacesOf, macOf, realInterfaces, structures } from '#building';
import type { NetworkAddressBlockRow, NetworkRow } from '#ipam';
import { networkAddressBlocks, networks } from '#ipam';
import { pauseBetweenSlices } from '#kernel';
import type { Key, View } from '#read-store';
import type { Block, Found } from './leased-addresses.ts';
import { addressesIn, addressIn, borrowersOf, grouped, ipv4Blocks, resolverOf, SLICE } from './leased-addresses.ts';

/** What a machine is leased that is known by its MAC. */
export interface StaticLease {
  readonly ip_address: string;
  readonly netmask: string;
  readonly gateway: string | null;
  readonly host_name: string;
  readonly config_uuid: string;
  readonly mtu: number | null;
  readonly vlan: number | null;
  readonly console: string;
  readonly dns_server?: string;
  readonly domain_name?: string;
}

type Leases = Record<string, StaticLease>;

/** An address that a machine is leased by its MAC, and whose it is. */
export interface MachineAddress {
  readonly mac: string;
  readonly address: Found;
  /** Of the interface. */
  readonly network: NetworkRow;
  readonly hostName: string;
  /** Empty: it has none. */
  readonly configUuid: string;
  readonly console: string;
  /** Of a structure its id; undefined: the job of the foundation has borrowed the address. */
  readonly structure: number | undefined;
  readonly locator: string;
  readonly vlan: number | null;
}

/** What addresses of machines are found by. */
interface LeaseParts {
  readonly blocks: ReadonlyMap<number, Block>;
  readonly links: ReadonlyMap<Key, NetworkAddressBlockRow>;
  readonly findType: FindType;
}

/**
 * What the machines are leased whose structures have an address in an IPv4 block of a site, by MAC: of several addresses on
 * an interface the one that is no alias. An address counts where its interface is there, has a MAC, and is attached to a
 * network that uses the block. A machine whose job has borrowed an address of a pool is leased that one.
 * @param uuidOf how the `config_uuid` of a structure is shown
 */
export async function staticLeases(
  view: View,
  site: string,
  findType: FindType,
  uuidOf: (configUuid: string) => string,
): Promise<Readonly<Leases>> {
  const blocks = await ipv4Blocks(view, site);
  const resolver = await resolverOf(view, site);
  const leases: Leases = {};
  // What is written later stands: the un-aliased address of an interface last.
  for (const machine of await machineAddresses(view, blocks, findType)) {
    const block = blocks.get(Number(machine.address.row.block));
    if (!block) continue;
    leases[machine.mac] = {
      ip_address: addressIn(block, machine.address.row),
      netmask: block.netmask,
      gateway: block.gateway,
      host_name: machine.hostName,
      config_uuid: machine.configUuid === '' ? '' : uuidOf(machine.configUuid),
      mtu: machine.network.mtu,
      vlan: machine.vlan,
      console: machine.console,
      ...resolver,
    };
  }
  return leases;
}

/** The addresses in blocks that machines are leased by their MAC; of one interface the one that is no alias comes last. */
export async function machineAddresses(
  view: View,
  blocks: ReadonlyMap<number, Block>,
  findType: FindType,
): Promise<readonly MachineAddress[]> {
  const parts = { blocks, links: await linksOf(view, blocks), findType };
  return [...(await borrowedAddresses(view, parts)), ...(await ownAddresses(view, parts))];
}

/** The addresses of structures. */
async function ownAddresses(view: View, parts: LeaseParts): Promise<readonly MachineAddress[]> {
  const found = await addressesIn(view, parts.blocks, 'Address');
  const byHost = grouped(found.toSorted(aliasesFirst), ({ holder }) => holder);
  const hosts = [...byHost.keys()];
  const machines: MachineAddress[] = [];
  const pause = pauseBetweenSlices();
  for (let at = 0; at < hosts.length; at += SLICE) {
    const slice = hosts.slice(at, at + SLICE);
    const interfaces = await interfacesOf(view, slice);
    const standing = await view.many(structures, slice);
    const below = await view.many(
      foundations,
      [...standing.values()].map(({ foundation }) => foundation),
    );
    const attached = [...interfaces.values()].flat().flatMap(({ row }) => row.network ?? []);
    const known = await view.many(networks, [...new Set(attached)]);
    for (const host of slice) {
      const structure = standing.get(host);
      if (!structure) continue;
      const its = interfaces.get(host) ?? [];
      for (const address of byHost.get(host) ?? []) {
        const on = interfaceNamed(its, address.row.interfaceName);
        const network = on?.row.network == null ? undefined : known.get(on.row.network);
        const machine = machineAddress(parts, address, on && macOf(its, on), network, {
          hostName: structure.hostname,
          configUuid: structure.configUuid,
          structure: host,
          locator: structure.foundation,
          below: below.get(structure.foundation),
        });
        if (machine) machines.push(machine);
      }
    }
    await pause();
  }
  return machines;
}

/** The addresses of a pool that jobs have borrowed for their machines. */
async function borrowedAddresses(view: View, parts: LeaseParts): Promise<readonly MachineAddress[]> {
  const borrowers = await borrowersOf(view, await addressesIn(view, parts.blocks, 'DynamicAddress'));
  const machines: MachineAddress[] = [];
  for (const { locator, row: below, address } of borrowers) {
    const { rows } = await view.list(realInterfaces, { where: { foundation: locator } });
    const over = rows.find(({ row }) => row.provisioning)?.row;
    const network = over && (await view.get(networks, over.network));
    const on = below.structure === null ? undefined : await view.get(structures, below.structure);
    const machine = machineAddress(parts, address, over?.mac, network, {
      hostName: on?.hostname ?? locator,
      configUuid: on?.configUuid ?? '',
      structure: undefined,
      locator,
      below,
    });
    if (machine) machines.push(machine);
  }
  return machines;
}

/** The address of a machine; undefined where it has no MAC, or its block is not used on the network it is attached to. */
function machineAddress(
  { blocks, links, findType }: LeaseParts,
  address: Found,
  mac: string | null | undefined,
  network: NetworkRow | undefined,
  {
    below,
    ...machine
  }: Pick<MachineAddress, 'hostName' | 'configUuid' | 'structure' | 'locator'> & {
    readonly below: FoundationRow | undefined;
  },
): MachineAddress | undefined {
  const link = network?.links.find(({ block }) => block === address.row.block);
  if (!mac || !network || !link || !blocks.has(Number(address.row.block))) return undefined;
  return {
    ...machine,
    mac,
    address,
    network,
    console: (below && findType(below.type)?.console?.(below.own)) ?? 'console',
    vlan: links.get(link.link)?.vlan ?? null,
  };
}

const aliasesFirst = (one: Found, other: Found): number =>
  (other.row.aliasIndex ?? 0) - (one.row.aliasIndex ?? 0) ||
  Number(one.row.primary) - Number(other.row.primary) ||
  Number(other.key) - Number(one.key);

/** How blocks are used on networks, by the id of the link. */
export async function linksOf(
  view: View,
  blocks: ReadonlyMap<number, unknown>,
): Promise<ReadonlyMap<Key, NetworkAddressBlockRow>> {
  const ids = [...blocks.keys()];
  const found = new Map<Key, NetworkAddressBlockRow>();
  for (let at = 0; at < ids.length; at += SLICE) {
    const { rows } = await view.list(networkAddressBlocks, { where: { block: { any: ids.slice(at, at + SLICE) } } });
    for (const { key, row } of rows) found.set(key, row);
  }
  return found;
}
