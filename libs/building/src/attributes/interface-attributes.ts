import type { Layer, Pairs, Source } from '#config';
import type { JsonMap } from '#kernel';
import { placeValues } from '#ipam';
import type { Attached, AttachedAddress, AttachedInterface } from './attached.ts';

/** The interface that a foundation is installed over. */
export const provisioningInterface = ({ interfaces }: Attached): AttachedInterface | undefined =>
  interfaces.find(({ row }) => row.provisioning);

/** The primary address of a host. */
export const primaryAddress = ({ addresses }: Attached): AttachedAddress | undefined =>
  addresses.find(({ row }) => row.primary);

/** The interface that an address is on, by its name. */
export const interfaceOf = ({ interfaces }: Attached, address: AttachedAddress): AttachedInterface | undefined =>
  interfaces.find(({ row }) => row.name === address.row.interfaceName);

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
function vlanOf({ links }: Attached, { network }: AttachedInterface, { blockId }: AttachedAddress): number | undefined {
  const linked = network?.links.find(({ block }) => block === blockId);
  return (linked && links.get(linked.link)?.vlan) ?? undefined;
}

function interfaceMap(attached: Attached, one: AttachedInterface): JsonMap {
  const { name, mac, physicalLocation, linkName } = one.row;
  const mtu = one.network?.mtu ?? undefined;
  return {
    name,
    network: one.network?.name ?? null,
    ...(mtu === undefined ? {} : { mtu }),
    mac,
    physical_location: physicalLocation,
    link_name: linkName,
    address_list: attached.addresses
      .filter(({ row }) => row.interfaceName === name)
      .map((address) => {
        const vlan = vlanOf(attached, one, address);
        return { ...addressMap(address), ...(vlan === undefined ? {} : { vlan }) };
      }),
  };
}

const sourceOfInterface = ({ id, row }: AttachedInterface): Source => ({
  kind: 'RealNetworkInterface',
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
export function hostInterfaceAttributes(attached: Attached): Attributes {
  const over = provisioningInterface(attached);
  const installed = provisioningAddress(attached);
  const primary = primaryAddress(attached);
  const on = primary && interfaceOf(attached, primary);
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
        ['_primary_interface_mac', on?.row.mac ?? null],
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
