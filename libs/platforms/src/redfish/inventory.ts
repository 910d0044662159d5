import type { ResultOf } from '#platform';
import type { RedfishClient } from './client.ts';
import { linkOf } from './client.ts';
import type { RedfishContract } from './contract.ts';
import { found, managerOf, systemOf, textIn } from './system.ts';

type Inventory = ResultOf<RedfishContract, 'inventory'>;

const ROOT = '/redfish/v1/';

/** What the machine is, and the versions of what runs in it. */
export async function inventory(client: RedfishClient): Promise<Inventory> {
  const system = await systemOf(client);
  const manager = await managerOf(client, system);
  const { resource } = system;
  return {
    manufacturer: textIn(resource, 'Manufacturer'),
    model: textIn(resource, 'Model'),
    serial_number: textIn(resource, 'SerialNumber'),
    uuid: textIn(resource, 'UUID'),
    bios_version: textIn(resource, 'BiosVersion'),
    bmc_version: manager ? textIn(manager.resource, 'FirmwareVersion') : null,
    firmware: await firmwareOf(client),
  };
}

/** What the update service lists; nothing where the management processor has none. */
export async function firmwareOf(client: RedfishClient): Promise<Inventory['firmware']> {
  const root = await client.get(ROOT);
  const service = linkOf(root.resource['UpdateService']);
  if (service === undefined) return [];
  const listed = linkOf((await client.get(service)).resource['FirmwareInventory']);
  if (listed === undefined) return [];
  const components: Inventory['firmware'][number][] = [];
  for (const path of await client.members(listed)) {
    const { resource } = await found(client, path);
    components.push({
      id: textIn(resource, 'Id') ?? path,
      name: textIn(resource, 'Name') ?? '',
      version: textIn(resource, 'Version'),
      updateable: resource['Updateable'] === true,
    });
  }
  return components;
}
