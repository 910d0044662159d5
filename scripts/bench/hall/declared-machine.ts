import type { LabMachineOptions } from '#testing';
import type { Hall, Values } from './start-hall.ts';

/**
 * Makes the foundation `node1` of a machine with IPMI, of a blueprint that comes with the server, and its interface.
 * @param console the serial port of it that is seen
 */
export async function declareMachine(
  { rest }: Hall,
  { mac, bmc }: LabMachineOptions,
  console: 'ttyS0' | 'ttyS1',
): Promise<Values> {
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
  return rest('POST', 'Utilities/RealNetworkInterface', {
    foundation: 'node1',
    name: 'eth0',
    physical_location: 'eth0',
    network: 1,
    pxe: 'bootstrap',
    mac,
    is_provisioning: true,
  });
}
