import { rm } from 'node:fs/promises';
import path from 'node:path';
import { findDomain, type DomainId } from './domains.ts';
import type { ReadDomain, ReadDisk } from './domain-xml.ts';
import type { Hypervisor } from './hypervisor.ts';
import { setPower } from './power.ts';
import { ownName, removeVolumes } from './storage.ts';
import { ACTION_MS } from './virsh.ts';

/**
 * Stops a domain and removes it, with the disks that were made for it. One that is not there is done, but for disks that may
 * be left of it.
 */
export async function destroyDomain(hypervisor: Hypervisor, id: DomainId): Promise<void> {
  const found = await findDomain(hypervisor.virsh, id);
  if (found) return removeDomain(hypervisor, found);
  if (id.uuid !== null) await (await hypervisor.findStorage())?.remove({ name: id.name, uuid: id.uuid });
}

/** What libvirt keeps of a domain besides, and goes with it; and what only QEMU keeps. */
const WITH_IT = ['--managed-save', '--snapshots-metadata'];
const OF_QEMU = ['--checkpoints-metadata', '--nvram'];

/** Removes a domain that is there; it goes last: as long as it is there, what is left can be found by it. */
export async function removeDomain(hypervisor: Hypervisor, domain: ReadDomain): Promise<void> {
  const { virsh, signal } = hypervisor;
  await setPower(virsh, domain.uuid, 'off', signal);
  for (const disk of domain.disks) await removeDisk(hypervisor, domain, disk);
  const isQemu = domain.type === 'qemu' || domain.type === 'kvm';
  await virsh(['undefine', domain.uuid, ...WITH_IT, ...(isQemu ? OF_QEMU : [])], { timeoutMs: ACTION_MS });
}

/** Removes a disk, where its name says that it was made for this domain: others may be used by others too. */
async function removeDisk(
  { virsh, directory }: Hypervisor,
  { name, uuid }: ReadDomain,
  { pool, volume, file }: ReadDisk,
): Promise<void> {
  if (pool !== '' && volume.includes(`.${uuid}.`)) {
    return removeVolumes(virsh, pool, (one) => one === volume);
  }
  const folder = path.dirname(file);
  // The first Contractor's folders have the name alone.
  const own = [ownName({ name, uuid }), name].map((one) => directory !== undefined && path.join(directory, one));
  if (file !== '' && own.includes(folder)) await rm(folder, { recursive: true, force: true });
}
