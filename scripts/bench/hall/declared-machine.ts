import type { LabMachineOptions } from '#testing';
import type { Hall, Values } from './start-hall.ts';

/** What a machine with IPMI is to the server. */
export interface DeclaredMachine {
  /** Id of its interface. */
  readonly interface: string;
  /** `Building/Structure/<id>`. */
  readonly structure: string;
}

/** The address of the structure. */
export const ADDRESS = '10.77.0.50';

/**
 * Makes the foundation `node1` of a machine, its interface, and the structure `web1` on it, of blueprints that come with the
 * server. It takes the address of a structure to boot what its interface says: at one of the pool it boots what the pool does.
 * @param console the serial port of it that is seen
 * @param values of the structure
 */
export async function declareMachine(
  { rest, leases }: Hall,
  { mac, bmc }: LabMachineOptions,
  console: 'ttyS0' | 'ttyS1',
  values: Values = {},
  blueprint = 'linux-base',
): Promise<DeclaredMachine> {
  await rest('POST', 'IPMI/IPMIFoundation', {
    locator: 'node1',
    site: 'site1',
    blueprint: 'ipmi-base',
    plot: 'test',
    ipmi_username: 'admin',
    ipmi_password: 'secret',
    ipmi_ip_address: bmc,
    ipmi_sol_port: console,
  });
  const { id: eth0 } = await rest('POST', 'Utilities/RealNetworkInterface', {
    foundation: 'node1',
    name: 'eth0',
    physical_location: 'eth0',
    network: 1,
    pxe: 'bootstrap',
    mac,
    is_provisioning: true,
  });
  const { id } = await rest('POST', 'Building/Structure', {
    hostname: 'web1',
    site: 'site1',
    blueprint,
    foundation: 'node1',
    config_values: values,
  });
  const place = { address_block: 1, offset: 50, interface_name: 'eth0', is_primary: true };
  await rest('POST', 'Utilities/Address', { networked: id, ...place });
  await leases(ADDRESS);
  return { interface: String(eth0), structure: `Building/Structure/${String(id)}` };
}
