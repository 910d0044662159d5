import type { JsonMap } from '#kernel';
import type { FoundationType, ServerHalf } from '#platform';

/** The host of every complex, the primary address of whichever structure it is. */
const HOST = '192.0.2.10';
const UUID = '11111111-2222-4333-8444-555555555555';

/** Fields of the foundation that the cases were recorded with, whatever its platform. */
const FOUNDATION: JsonMap = {
  virtualbox_complex: 'complex1',
  virtualbox_uuid: UUID,
  vcenter_complex: 'complex1',
  vcenter_uuid: UUID,
  libvirt_complex: 'complex1',
  libvirt_uuid: UUID,
  proxmox_complex: 'complex1',
  proxmox_id: 104,
  docker_complex: 'complex1',
  docker_id: 'abc123',
  ...management('ipmi'),
  ...management('redfish'),
  ...management('amt'),
};

/** Fields of the complex that carries it. */
const COMPLEX: JsonMap = {
  ...login('virtualbox'),
  ...login('vcenter'),
  ...login('proxmox'),
  vcenter_datacenter: 'dc1',
  vcenter_cluster: 'cl1',
};

function login(platform: string): JsonMap {
  return { [`${platform}_username`]: 'svc', [`${platform}_password`]: 'pw' };
}

function management(platform: string): JsonMap {
  return {
    [`${platform}_username`]: 'admin',
    [`${platform}_password`]: 'pw',
    [`${platform}_ip_address`]: '192.0.2.20',
  };
}

const networkInterface = (location: string, network: string): JsonMap => ({
  name: location,
  physical_location: location,
  network_name: network,
  address_list: [{ address: '10.1.0.9', netmask: '255.255.255.0', gateway: '10.1.0.1' }],
});

/** What the cases were recorded with: the foundation as scripts of its platform read it, and the configuration. */
export function foundationFixture(half: ServerHalf, type: FoundationType | undefined) {
  const carrier = half.complexTypes?.find(({ carries }) => carries.type === type?.type);
  const connection = type?.connection?.(FOUNDATION) ?? carrier?.connection?.(COMPLEX, HOST);
  return {
    foundation: {
      ...FOUNDATION,
      locator: 'node01',
      interface_list: [networkInterface('eth0', 'lan'), networkInterface('eth1', 'storage')],
      ...(connection === undefined ? {} : { connection }),
    },
    config: { vcenter_hostname: 'esx1' },
  };
}
