import type { Layer, Pairs, Source } from '#config';
import type { JsonMap } from '#kernel';
import { placeValues } from '#ipam';
import type { NetworkInterface } from '../interface/interfaces-of.ts';
import { interfaceNamed, macOf } from '../interface/interfaces-of.ts';
import type { LogicalInterfaceRow } from '../interface/logical-interfaces.ts';
import type { RealInterfaceRow } from '../interface/real-interfaces.ts';
import type { Attached, AttachedAddress } from './attached.ts';

type RealInterface = Extract<NetworkInterface, { kind: 'Real' }>;

/** The interface that a foundation is installed over. */
export const provisioningInterface = ({ interfaces }: Pick<Attached, 'interfaces'>): RealInterface | undefined =>
  interfaces.find((one): one is RealInterface => one.kind === 'Real' && one.row.provisioning);

/** The primary address of a host. */
export const primaryAddress = ({ addresses }: Attached): AttachedAddress | undefined =>
  addresses.find(({ row }) => row.primary);

/** The interface that the primary address of a host is on. */
export function primaryInterface(attached: Attached): NetworkInterface | undefined {
  const primary = primaryAddress(attached);
  return primary && interfaceNamed(attached.interfaces, primary.row.interfaceName);
}

/** The address a host is installed with: the primary one where it is on that interface, else the one that is no alias. */
export function provisioningAddress(attached: Attached): AttachedAddress | undefined {
  const over = provisioningInterface(attached);
  const on = over ? attached.addresses.filter(({ row }) => row.interfaceName === over.row.name) : [];
  return on.find(({ row }) => row.primary) ?? on[0];
}

/** The address itself, as text; null where it has no place. */
export const textOf = ({ offset, block }: AttachedAddress): string | null => placeValues(block, offset).ip_address;

/** What documents say of an address. */
export function addressMap({ row, offset, block }: AttachedAddress): JsonMap {
  const { ip_address: address, netmask, prefix, subnet, gateway } = placeValues(block, offset);
  const { aliasIndex, primary } = row;
  return { address, netmask, prefix, subnet, gateway, auto: true, alias_index: aliasIndex, primary };
}

/** The VLAN of an address on the network of an interface; undefined where it is untagged, or not used there. */
function vlanOf({ networks, links }: Attached, network: number, { blockId }: AttachedAddress): number | undefined {
  const linked = networks.get(network)?.links.find(({ block }) => block === blockId);
  return (linked && links.get(linked.link)?.vlan) ?? undefined;
}

const realValues = ({ mac, physicalLocation, linkName }: RealInterfaceRow): JsonMap => ({
  mac,
  physical_location: physicalLocation,
  link_name: linkName,
});

/** An aggregated interface names what it is made of. */
function aggregatedValues(
  { interfaces }: Attached,
  { primary, secondaries, parameters }: LogicalInterfaceRow,
): JsonMap {
  const nameOf = (of: number | null) => interfaces.find(({ id }) => id === of)?.row.name ?? null;
  return { primary: nameOf(primary), secondary: secondaries.map(nameOf), paramaters: parameters };
}

const valuesOf = (attached: Attached, { kind, row }: NetworkInterface): JsonMap => {
  if (kind === 'Real') return realValues(row);
  return kind === 'Aggregated' ? aggregatedValues(attached, row) : {};
};

function interfaceMap(attached: Attached, one: NetworkInterface): JsonMap {
  const { name, network: id } = one.row;
  const network = attached.networks.get(id);
  return {
    name,
    network: network?.name ?? null,
    ...(network?.mtu == null ? {} : { mtu: network.mtu }),
    ...valuesOf(attached, one),
    address_list: attached.addresses
      .filter(({ row }) => row.interfaceName === name)
      .map((address) => {
        const vlan = vlanOf(attached, id, address);
        return { ...addressMap(address), ...(vlan === undefined ? {} : { vlan }) };
      }),
  };
}

const sourceOfInterface = ({ id, kind, row }: NetworkInterface): Source => ({
  kind: `${kind}NetworkInterface`,
  id,
  at: row.updated,
});
const sourceOfAddress = ({ id, row: { given } }: AttachedAddress): Source => ({
  kind: 'Address',
  id,
  position: given.position,
  actor: given.actor,
  at: given.since,
});

/** Attributes by what they come from; where there is none, they are null and come from the object itself. */
interface Attributes {
  readonly own: Pairs;
  readonly layers: readonly Layer[];
}

function gathered(entries: readonly (readonly [source: Source | undefined, attributes: Pairs])[]): Attributes {
  return {
    own: entries.flatMap(([source, attributes]) => (source ? [] : attributes)),
    layers: entries.flatMap(([source, attributes]) => (source ? [{ source, attributes }] : [])),
  };
}

/** What the configuration of a foundation says of its interfaces. */
export function foundationInterfaceAttributes(attached: Attached): Attributes {
  const over = provisioningInterface(attached);
  return gathered([
    [
      over && sourceOfInterface(over),
      [
        ['_provisioning_interface', over?.row.physicalLocation ?? null],
        ['_provisioning_interface_mac', over?.row.mac ?? null],
      ],
    ],
  ]);
}

/** What the configuration of a structure says of its interfaces and addresses. */
export function structureInterfaceAttributes(attached: Attached): Attributes {
  const over = provisioningInterface(attached);
  const installed = provisioningAddress(attached);
  const primary = primaryAddress(attached);
  const on = primaryInterface(attached);
  return gathered([
    [
      over && sourceOfInterface(over),
      [
        ['_provisioning_interface', over?.row.name ?? null],
        ['_provisioning_interface_mac', over?.row.mac ?? null],
      ],
    ],
    [installed && sourceOfAddress(installed), [['_provisioning_address', installed ? addressMap(installed) : null]]],
    [
      on && sourceOfInterface(on),
      [
        ['_primary_interface', on?.row.name ?? null],
        ['_primary_interface_mac', on ? macOf(attached.interfaces, on) : null],
      ],
    ],
    [primary && sourceOfAddress(primary), [['_primary_address', primary ? addressMap(primary) : null]]],
    [
      undefined,
      [
        [
          '_interface_map',
          Object.fromEntries(attached.interfaces.map((one) => [one.row.name, interfaceMap(attached, one)])),
        ],
      ],
    ],
  ]);
}
