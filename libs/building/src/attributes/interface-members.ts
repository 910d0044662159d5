import { pxes } from '#blueprint';
import type { JsonMap } from '#kernel';
import type { View } from '#read-store';
import type { HostModule } from '#tscript';
import type { NetworkInterface } from '../interface/interfaces-of.ts';
import { macOf } from '../interface/interfaces-of.ts';
import { setPxe } from '../interface/set-pxe.ts';
import type { Attached } from './attached.ts';
import {
  addressMap,
  primaryAddress,
  primaryInterface,
  provisioningAddress,
  provisioningInterface,
  textOf,
} from './interface-attributes.ts';

/** An interface as scripts have it. */
const shown = ({ interfaces, networks, addresses }: Attached, one: NetworkInterface | undefined): JsonMap | null =>
  one
    ? {
        id: one.id,
        type: one.kind,
        name: one.row.name,
        mac: macOf(interfaces, one),
        network: one.row.network,
        network_name: networks.get(one.row.network)?.name ?? null,
        address_list: addresses.filter(({ row }) => row.interfaceName === one.row.name).map(addressMap),
        ...(one.kind === 'Real'
          ? { physical_location: one.row.physicalLocation, is_provisioning: one.row.provisioning }
          : {}),
      }
    : null;

/** What the script module `foundation` tells of interfaces. */
export const foundationInterfaceMembers = (attached: Attached): JsonMap => ({
  interface_list: attached.interfaces.filter(({ kind }) => kind === 'Real').map((one) => shown(attached, one)),
  provisioning_interface: shown(attached, provisioningInterface(attached)),
});

/** What the script module `structure` tells of interfaces and addresses. */
export function structureInterfaceMembers(attached: Attached): JsonMap {
  const [primary, installed] = [primaryAddress(attached), provisioningAddress(attached)];
  return {
    primary_ip: primary ? textOf(primary) : null,
    primary_interface: shown(attached, primaryInterface(attached)),
    provisioning_ip: installed ? textOf(installed) : null,
    provisioning_interface: shown(attached, provisioningInterface(attached)),
  };
}

/** How the foundation below a structure is reached. */
export function reachedBy(attached: Attached) {
  const installed = provisioningAddress(attached);
  return { attached, provisioningIp: installed ? textOf(installed) : null };
}

/** The script module `dhcp`, over the interfaces of the foundation at hand. */
export async function dhcpModule(view: View, { interfaces }: Pick<Attached, 'interfaces'>): Promise<HostModule> {
  const { keys } = await view.keys(pxes);
  return { functions: { set_pxe: setPxe(interfaces, keys.map(String)) } };
}
