import type { LabMachine, LabMachineOptions } from '#testing';
import type { Values } from './hall-client.ts';
import type { MachineHall } from './machine-hall.ts';

/** A machine that the server is told of: foundation, interface, what is to stand on it, and the address of that. */
export interface HallMachine {
  readonly name: string;
  readonly hostname: string;
  readonly mac: string;
  readonly bmc: string;
  readonly address: string;
  /** Its paths behind `/api/rest/`. */
  readonly foundation: string;
  readonly structure: string;
  /** Of the interface it boots over. */
  readonly interfaceId: number;
  readonly machine: LabMachine;
}

/** The name with a number, of two digits at least. */
const numbered = (n: number): string => String(n).padStart(2, '0');

/** What a machine is made of, by its number, 1 to 49. */
export const machineParts = (n: number): LabMachineOptions => ({
  mac: `52:54:00:77:00:${numbered(n)}`,
  serial: `SN00${numbered(n)}`,
  bmc: `10.77.0.${200 + n}`,
  disks: [100, 50],
});

export interface DeclaredOptions {
  /** What differs from the parts that a machine of its number has. */
  readonly parts?: Partial<LabMachineOptions>;
  readonly foundation?: string;
  readonly structure?: string;
  /** Of the structure. */
  readonly values?: Values;
  /** The serial port of it that is seen. */
  readonly console?: 'ttyS0' | 'ttyS1';
}

/**
 * Puts a machine that is off into the hall, and declares it: of the blueprints `metal` and `system` unless said. It takes the
 * address of a structure to boot what its interface says: at one of the pool it boots what the pool does.
 */
export async function declareMachine(
  { lab, rest }: MachineHall,
  n: number,
  { parts, foundation = 'metal', structure = 'system', values = {}, console = 'ttyS0' }: DeclaredOptions = {},
): Promise<HallMachine> {
  const { mac, bmc, ...others } = { ...machineParts(n), ...parts };
  const [name, hostname] = [`node${n}`, `web${n}`];
  await rest('POST', 'IPMI/IPMIFoundation', {
    locator: name,
    site: 'site1',
    blueprint: foundation,
    plot: 'test',
    ipmi_username: 'admin',
    ipmi_password: 'secret',
    ipmi_ip_address: bmc,
    ipmi_sol_port: console,
  });
  const eth0 = { foundation: name, name: 'eth0', physical_location: 'eth0', mac, is_provisioning: true };
  const port = await rest('POST', 'Utilities/RealNetworkInterface', { network: 1, pxe: 'bootstrap', ...eth0 });
  const { id } = await rest('POST', 'Building/Structure', {
    hostname,
    site: 'site1',
    blueprint: structure,
    foundation: name,
    config_values: values,
  });
  const offset = 49 + n;
  const place = { address_block: 1, offset, interface_name: 'eth0', is_primary: true };
  await rest('POST', 'Utilities/Address', { networked: id, ...place });
  return {
    name,
    hostname,
    mac,
    bmc,
    address: `10.77.0.${offset}`,
    foundation: `Building/Foundation/${name}`,
    structure: `Building/Structure/${String(id)}`,
    interfaceId: port['id'] as number,
    machine: await lab.machine({ mac, bmc, ...others }),
  };
}
