import type { AgentParametersOf } from '#platform';
import {
  credentials,
  integer,
  list,
  listTask,
  nullable,
  optional,
  platformContract,
  record,
  text,
  json,
} from '#platform';
import { rollbackResult, vmFunctions, vmTasks } from '../machine/contract.ts';

/** How the API of a Proxmox host is reached: by HTTPS, at port 8006 unless the host says another (`pve1:443`). */
const connection = record({ host: text(), credentials: credentials() });

/** A virtual machine as it is ordered. */
const vm = record({
  name: text(),
  cpu_count: integer({ min: 1 }),
  /** In MiB. */
  memory_size: integer({ min: 1 }),
  /** `network` is a bridge of the node; `vmbr0.12` is VLAN 12 of the bridge `vmbr0`. */
  interface_list: list(record({ name: text(), network: text() })),
  /** In GiB. */
  disk_list: list(record({ name: text(), size: integer({ min: 1 }) })),
  boot_order: list(text()),
  /** The node it is made on; the one with the most room, unless said. */
  node: optional(text()),
  /** Where its disks are; `local-lvm`, unless said. */
  storage: optional(text()),
  /** What Proxmox takes it to run; `l26`, unless said. */
  ostype: optional(text()),
});

/** Virtual machines of Proxmox VE, by its REST API. */
export const proxmoxContract = platformContract({
  name: 'proxmox',
  tasks: {
    /** Makes a machine that carries the id of its task: by that, it is found again. */
    create: { repeat: 'observe', parameters: { connection, vm }, result: { id: text() } },
    /** Clears away the machine of this name that was made for it; any other is left alone. */
    create_rollback: { repeat: 'safe', parameters: { connection, vm }, result: rollbackResult },
    ...vmTasks({ connection, id: nullable(integer()), name: text() }),
    list: listTask({ connection }),
  },
  functions: {
    /** Its value is the id of the machine. */
    create: { vm_spec: json() },
  },
  foundationFunctions: vmFunctions,
});

export type ProxmoxContract = typeof proxmoxContract;
/** A virtual machine as an agent is given it. */
export type ProxmoxVm = AgentParametersOf<ProxmoxContract, 'create'>['vm'];
