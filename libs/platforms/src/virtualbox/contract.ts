import type { AgentParametersOf } from '#platform';
import {
  credentials,
  integer,
  json,
  list,
  listTask,
  nullable,
  optional,
  platformContract,
  record,
  text,
} from '#platform';
import { rollbackResult, vmFunctions, vmTasks } from '../machine/contract.ts';

/** How the web service of VirtualBox is reached: at port 18083, unless the host says another (`box1:18084`). */
const connection = record({ host: text(), credentials: credentials() });

/** A virtual machine as it is ordered. */
const vm = record({
  name: text(),
  cpu_count: integer({ min: 1 }),
  /** In MiB. */
  memory_size: integer({ min: 1 }),
  /** In GiB; with `file` it is an image that is there, `.iso` as an optical one. */
  disk_list: list(record({ name: text(), size: optional(integer({ min: 1 })), file: optional(text()) })),
  /** At most four. `type` is `host`, `bridge`, `nat` or `internal`. */
  interface_list: list(
    record({
      name: text(),
      index: integer({ min: 0, max: 3 }),
      network: text(),
      type: text(),
      adapter_type: text(),
    }),
  ),
  /** `net`, `hdd`, `cd`, `usb`. */
  boot_order: list(text()),
  /** An id that VirtualBox has for an operating system. */
  guest_type: optional(text()),
});

/** Virtual machines of VirtualBox, by the web service of its host. */
export const virtualboxContract = platformContract({
  name: 'virtualbox',
  tasks: {
    /** Makes a machine that carries the id of its task: by that, it is found again. */
    create: { repeat: 'observe', parameters: { connection, vm }, result: { uuid: text() } },
    /** Clears away the machine of this name, and the disks of it. */
    create_rollback: { repeat: 'safe', parameters: { connection, vm }, result: rollbackResult },
    ...vmTasks({ connection, uuid: nullable(text()), name: text() }),
    list: listTask({ connection }),
  },
  functions: {
    /** Its value is the UUID of the machine. */
    create: { vm_spec: json() },
  },
  foundationFunctions: vmFunctions,
});

export type VirtualboxContract = typeof virtualboxContract;
/** A virtual machine as an agent is given it. */
export type VirtualboxVm = AgentParametersOf<VirtualboxContract, 'create'>['vm'];
