import type { LoadedServer } from '../loaded-server.ts';

/** A machine that is to be installed, as the server knows it. */
export interface InstalledMachine {
  readonly hostname: string;
  readonly mac: string;
  /** What the server has iPXE give to the kernel of the installer. */
  readonly kernelArguments: string;
}

const MAC = '52:54:00:12:34:56';

/** Makes a structure of Debian 12 at a server, with a foundation, an interface and an address, that boots the installer. */
export async function installedMachine({ client, call, url }: LoadedServer, mirror: string): Promise<InstalledMachine> {
  const created = async (model: string, values: object): Promise<string> =>
    (await client.create(`/api/v1/${model}`, { ...values })).uri;
  await call('BluePrint/ResourceFile/load', { files: {}, shipped: ['base_os', 'debian', 'manual'] });
  const site = await created('Site/Site', {
    name: 'bench',
    description: 'a site',
    config_values: {
      mirror_server: mirror,
      dns_servers: ['10.0.2.3'],
      // The password is "bench".
      root_password_hash:
        '$6$benchbench$L/SWrobNRkV.iUB93gv.PJywy/QX4wzN1m2YZYeF.uBbRUYLgodycFkml5WWSUxFf4eG/3lJwiGVvvDLD8/76.',
      install_device: '/dev/vda',
      boot_device: '/dev/vda',
      task_list: [],
      apt_services: [],
    },
  });
  const network = await created('Utilities/Network', { site, name: 'way' });
  const block = { site, name: 'way', subnet: '10.0.2.0', prefix: 24, gateway_offset: 2 };
  const addresses = await created('Utilities/AddressBlock', block);
  await created('Utilities/NetworkAddressBlock', { network, address_block: addresses });
  const foundation = '/api/v1/Building/Foundation:m1:';
  const blueprint = '/api/v1/BluePrint/FoundationBluePrint:manual-foundation-base:';
  await created('Manual/ManualFoundation', { locator: 'm1', site, blueprint });
  const eth0 = { foundation, name: 'eth0', physical_location: 'eth0', network, mac: MAC, is_provisioning: true };
  await created('Utilities/RealNetworkInterface', { ...eth0, pxe: '/api/v1/BluePrint/PXE:debian:' });
  const structure = await created('Building/Structure', {
    hostname: 'web1',
    site,
    foundation,
    blueprint: '/api/v1/BluePrint/StructureBluePrint:debian-bookworm-base:',
  });
  await created('Utilities/Address', {
    networked: structure.replace('Building/Structure', 'Utilities/Networked'),
    address_block: addresses,
    offset: 15,
    interface_name: 'eth0',
    is_primary: true,
  });
  const uuid = String((await client.get(structure))['config_uuid']);
  const script = await (await fetch(`${url}/config/boot_script/c/${uuid}`)).text();
  const [, kernelArguments] = /^kernel \S+ initrd=\S+ (.*)$/m.exec(script) ?? [];
  if (kernelArguments === undefined) throw new Error(`the script boots no installer: ${script}`);
  return { hostname: 'web1', mac: MAC, kernelArguments: `${kernelArguments} --- console=ttyS0,115200` };
}
