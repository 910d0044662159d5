import { CreateFoundation, CreateRealInterface, CreateStructure } from '#building';
import { ForceFoundation, ForceStructure, foundation, realInterfaceNamed, structure } from '#building';
import { blockNamed, CreateAddress, CreateAddressBlock, CreateNetwork, CreateNetworkAddressBlock } from '#ipam';
import { holderAddresses, network as networkDecider, networkNamed } from '#ipam';
import type { OwnPlace, SetUpOrder } from './set-up-order.ts';
import type { SetUpRun } from './set-up-report.ts';

const FOUNDATION_BLUEPRINT = 'manual-foundation-base';
const STRUCTURE_BLUEPRINT = 'manual-structure-base';

/** The network the server is on, and its address block. @returns their ids */
export async function setUpNetwork(run: SetUpRun, order: SetUpOrder, place: OwnPlace) {
  const { work } = run;
  const { site, network: name } = order;
  const network = await run.ensure('Network', name, {
    found: await networkNamed(work, site, name),
    make: () => new CreateNetwork({ name, site, mtu: null, address_block_list: [] }),
  });
  const foundBlock = await blockNamed(work, site, name);
  const block = await run.ensure('AddressBlock', name, {
    found: foundBlock,
    make: () =>
      new CreateAddressBlock({
        name,
        site,
        subnet: place.subnet,
        prefix: place.prefix,
        gateway_offset: place.gatewayOffset === null ? null : String(place.gatewayOffset),
      }),
  });
  const found = await work.load(networkDecider, network);
  const links = 'value' in found ? found.value.links : [];
  await run.ensure('NetworkAddressBlock', `${name} on ${name}`, {
    found: links.find((one) => one.block === block)?.link,
    make: () => new CreateNetworkAddressBlock({ network, address_block: block, vlan: order.vlan }),
  });
  return { network, block, isNew: foundBlock === undefined };
}

/** The stand-in of the server itself, as built. @returns the id of its structure */
export async function setUpHost(
  run: SetUpRun,
  order: SetUpOrder,
  { network, block, place }: { readonly network: number; readonly block: number; readonly place: OwnPlace },
): Promise<number> {
  const { work } = run;
  const { site, hostname, interface: nic } = order;
  const found = await work.load(foundation, hostname);
  await run.ensure('ManualFoundation', hostname, {
    found: found.stage === 'active' ? hostname : undefined,
    make: () =>
      new CreateFoundation('Manual', [], {
        locator: hostname,
        site,
        blueprint: FOUNDATION_BLUEPRINT,
        id_map: null,
        labels: {},
        owner: null,
      }),
  });
  await run.faultsOf('ManualFoundation', hostname, () => run.decide(new ForceFoundation(hostname, 'built')));
  await run.ensure('RealNetworkInterface', nic, {
    found: await realInterfaceNamed(work, hostname, nic),
    make: () =>
      new CreateRealInterface({
        foundation: hostname,
        name: nic,
        physical_location: nic,
        network,
        mac: null,
        is_provisioning: true,
        link_name: null,
        pxe: null,
      }),
  });
  const occupied = await work.load(foundation, hostname);
  const standing = 'value' in occupied ? occupied.value.structure : undefined;
  const id = await run.ensure('Structure', hostname, {
    found: standing,
    make: () =>
      new CreateStructure({
        hostname,
        site,
        blueprint: STRUCTURE_BLUEPRINT,
        foundation: hostname,
        config_values: {},
        labels: {},
        owner: null,
      }),
  });
  const { stage } = await work.load(structure, id);
  if (stage === 'active') {
    await run.faultsOf('Structure', hostname, () => run.decide(new ForceStructure(id, 'built')));
  }
  const held = [...(await work.load(holderAddresses, id)).values()];
  await run.ensure('Address', place.address, {
    found: held.find(({ primary }) => primary)?.address,
    make: () =>
      new CreateAddress({
        address_block: block,
        offset: String(place.offset),
        networked: id,
        interface_name: nic,
        alias_index: null,
        pointer: null,
        is_primary: true,
      }),
  });
  return id;
}
