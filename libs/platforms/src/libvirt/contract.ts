import { choice, integer, json, list, listTask, nullable, optional, platformContract, record, text } from '#platform';
import { rollbackResult, vmFunctions, vmTasks } from '../machine/contract.ts';

/** The host whose domains these are: the primary address of the one member of the complex. */
const connection = record({ host: text() });

/** What a domain is made of. */
const vm = record({
  name: text(),
  cpu_count: integer({ min: 1, max: 64 }),
  /** In MiB. */
  memory_size: integer({ min: 512, max: 1_048_510 }),
  /** Each made anew with `size` GiB; or `file`, a disk image that the host has, or a CD (`.iso`). */
  disk_list: list(record({ name: text(), size: optional(integer({ min: 1, max: 65_536 })), file: optional(text()) })),
  /** In the order of the machine's interfaces; `network` is a network of libvirt, else a bridge of the host. */
  interface_list: list(record({ name: text(), network: text() })),
  boot_order: list(choice('network', 'hd', 'cdrom', 'fd')),
  /** The storage pool for its disks, and the kind of machine it sees; the agent decides where nothing is said. */
  pool: optional(text()),
  machine: optional(text()),
});

const needs = [{ program: 'virsh', package: 'libvirt-clients' }];
/** No task of it takes longer, in milliseconds. */
const maxMs = 900_000;
/** Which domain: by its UUID, or where none is known by its name. */
const domain = { connection, uuid: nullable(text()), name: text() };
const { set_power, power_state, destroy, get_interface_map } = vmTasks(domain);

/** Virtual machines of libvirt, which is spoken to through `virsh`. */
export const libvirtContract = platformContract({
  name: 'libvirt',
  tasks: {
    /** Defines a domain with its disks, switched off; where its agent was lost, it is looked for by the id of its task. */
    create: { repeat: 'observe', maxMs, needs, parameters: { connection, vm }, result: { uuid: text() } },
    /** Removes what a `create` that failed has left. */
    create_rollback: { repeat: 'safe', maxMs, needs, parameters: { connection, vm }, result: rollbackResult },
    set_power: { ...set_power, maxMs, needs },
    power_state: { ...power_state, maxMs, needs },
    /** Stops a domain and removes it with the disks that were made for it; one that is not there is done. */
    destroy: { ...destroy, maxMs, needs },
    get_interface_map: { ...get_interface_map, maxMs, needs },
    list: { ...listTask({ connection }), needs },
    /** Where the screen of a domain that runs is, as seen from its host. */
    console_address: { repeat: 'safe', maxMs, needs, parameters: domain, result: { address: text() } },
  },
  functions: {
    /** Makes a machine; its value is the UUID of it. */
    create: { vm_spec: json() },
  },
  foundationFunctions: { ...vmFunctions, console_address: {} },
});

export type LibvirtContract = typeof libvirtContract;
