import type { GuestSettings } from './capabilities.ts';
import { hypervisorAddress } from './hypervisor-address.ts';
import { storageOf, USUAL_POOL, type Storage } from './storage.ts';
import { USUAL_DIRECTORY } from './usual-directory.ts';
import { virshAt, type VirshConnection } from './virsh.ts';

/** How an agent reaches hypervisors, and what it makes on them. */
export interface LibvirtSettings {
  /** Where hypervisors are, as a URI of libvirt in which `{host}` is the host of the complex. */
  readonly uri?: string | undefined;
  /** The storage pool that disks are made in. */
  readonly pool?: string | undefined;
  /** The folder for disks, where the host has no pool and is the machine of the agent. */
  readonly directory?: string | undefined;
  /** The kind of domains: `kvm`, `qemu`. */
  readonly type?: string | undefined;
  /** The kind of machine that guests see. */
  readonly machine?: string | undefined;
}

/** A hypervisor, as one task uses it. */
export interface Hypervisor extends VirshConnection {
  /** The folder for disks, where it is the machine of the agent. */
  readonly directory: string | undefined;
  /** What is wanted of guests; `machine` of one guest wins. */
  guests(machine?: string): GuestSettings;
  /** Where disks are made, of a pool where one is named; undefined: it has no place for them. */
  findStorage(pool?: string): Promise<Storage | undefined>;
}

/** The hypervisor of a host. @throws Error where the host is no name or address */
export function hypervisorOf(host: string, settings: LibvirtSettings, signal: AbortSignal): Hypervisor {
  const address = hypervisorAddress(host, settings.uri);
  const virsh = virshAt(address, signal);
  const directory = settings.directory ?? USUAL_DIRECTORY;
  return {
    address,
    virsh,
    signal,
    directory: address.isLocal ? directory : undefined,
    guests: (machine = settings.machine) => ({ type: settings.type, machine }),
    findStorage: (pool = settings.pool) => storageOf({ virsh, address, signal }, { pool, directory }),
  };
}

/** Where disks are made. @throws Error where there is no such place */
export async function storageFor(hypervisor: Hypervisor, pool: string | undefined): Promise<Storage> {
  const storage = await hypervisor.findStorage(pool);
  if (storage) return storage;
  const { host } = hypervisor.address;
  throw new Error(
    `${host} has no storage pool "${USUAL_POOL}" that is started: start one, or name another in SUBCONTRACTOR_LIBVIRT_POOL`,
  );
}
