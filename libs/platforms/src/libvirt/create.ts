import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Observation } from '#platform';
import { guestKind } from './capabilities.ts';
import { describeDomain, domainsOf, findDomain, type ListedDomain } from './domains.ts';
import { domainXml, type DiskSource, type NetworkCard, type VmSpec } from './domain-xml.ts';
import { storageFor, type Hypervisor } from './hypervisor.ts';
import { macsOf, newMacs } from './mac-addresses.ts';
import type { DiskOwner, Storage } from './storage.ts';
import { linesOf } from './lines-of.ts';
import { removeDomain } from './remove.ts';
import type { Virsh } from './virsh.ts';
import { checkVm } from './vm-check.ts';

/**
 * The UUID of the domain that a task makes: the same however often it is done, and whoever does it (RFC 9562, version 5).
 * @param task id of the task
 */
export function uuidOf(task: string, name: string): string {
  const hash = createHash('sha1').update(`contractor libvirt ${task} ${name}`).digest().subarray(0, 16);
  hash[6] = (hash[6]! & 0x0f) | 0x50;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  return hash.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/**
 * Defines the domain of a task with new disks, switched off. Done again it is the same domain: what is there is left as it is.
 * @returns its UUID @throws Error where the name is taken, or the host cannot make it; then nothing is left of it
 */
export async function createDomain(hypervisor: Hypervisor, vm: VmSpec, task: string): Promise<string> {
  checkVm(vm);
  const { virsh } = hypervisor;
  const uuid = uuidOf(task, vm.name);
  const domains = await domainsOf(virsh);
  if (domains.some((domain) => domain.uuid === uuid)) {
    await refuseInUse(hypervisor, uuid, vm.name);
    return uuid;
  }
  await refuseTaken(hypervisor, domains, vm.name);
  const guest = await guestKind(await virsh(['capabilities']), hypervisor.guests(vm.machine), hypervisor.address.host);
  const networks = linesOf(await virsh(['net-list', '--all', '--name']));
  const macs = newMacs(
    vm.interface_list.length,
    await macsOf(
      virsh,
      domains.map((domain) => domain.uuid),
    ),
  );
  const interfaces = vm.interface_list.map(({ network }, n) => ({
    mac: macs[n] ?? '',
    ...networkOf(network, networks, hypervisor.address.host),
  }));
  const storage = await storageFor(hypervisor, vm.pool);
  const owner = { name: vm.name, uuid };
  try {
    const disks = await makeDisks(storage, owner, vm);
    await define(hypervisor, domainXml({ uuid, task, vm, guest, disks, interfaces }));
  } catch (error) {
    // Where the task was told to end, it may be under way somewhere else by now, or be done: what there is stays.
    hypervisor.signal.throwIfAborted();
    if (!(await isThere(virsh, uuid))) await storage.remove(owner);
    throw error;
  }
  return uuid;
}

const isThere = async (virsh: Virsh, uuid: string): Promise<boolean> =>
  (await domainsOf(virsh)).some((domain) => domain.uuid === uuid);

/** What became of the task that makes a domain. */
export async function observeCreate(
  { virsh }: Hypervisor,
  { name }: VmSpec,
  task: string,
): Promise<Observation<{ uuid: string }>> {
  const uuid = uuidOf(task, name);
  return (await isThere(virsh, uuid)) ? { state: 'done', result: { uuid } } : { state: 'not-done' };
}

/**
 * Removes what tasks that failed have left under the name of a domain: the domain, where a task has made it, and disks of no
 * domain.
 * @throws Error where the domain runs: then it is more than what a task has left
 */
export async function undoCreate(hypervisor: Hypervisor, vm: VmSpec): Promise<void> {
  checkVm(vm);
  const { virsh } = hypervisor;
  const found = await findDomain(virsh, { uuid: null, name: vm.name });
  if (found) {
    await refuseInUse(hypervisor, found.uuid, vm.name);
    await removeDomain(hypervisor, found);
  }
  const storage = await hypervisor.findStorage(vm.pool);
  if (!storage) return;
  // Disks of a domain that was renamed meanwhile have the former name.
  const living = new Set((await domainsOf(virsh)).map(({ uuid }) => uuid));
  for (const uuid of await storage.owners(vm.name)) {
    if (!living.has(uuid)) await storage.remove({ name: vm.name, uuid });
  }
}

/** @throws Error where a domain is not switched off: what a task makes is, until another one switches it on */
async function refuseInUse({ virsh, address: { host } }: Hypervisor, uuid: string, name: string): Promise<void> {
  const words = (await virsh(['domstate', uuid])).trim();
  if (words === 'shut off') return;
  throw new Error(`the domain "${name}" on ${host} is "${words}", so it is in use: shut it off where it is not wanted`);
}

/** @throws Error where the name is taken by another domain, with who has made it */
async function refuseTaken(
  { virsh, address: { host } }: Hypervisor,
  domains: readonly ListedDomain[],
  name: string,
): Promise<void> {
  const taken = domains.find((domain) => domain.name === name);
  if (!taken) return;
  const { task } = await describeDomain(virsh, taken.uuid);
  throw new Error(
    task === ''
      ? `there is a domain "${name}" on ${host} already (${taken.uuid}), made by somebody else: rename it or remove it`
      : `there is a domain "${name}" on ${host} already (${taken.uuid}), made by task ${task}: a rollback of the job removes it`,
  );
}

/** The longest name of a network device in Linux. */
const MAX_DEVICE_NAME = 15;

/** A network of libvirt, where the host has one of the name, else a bridge. */
function networkOf(name: string, networks: readonly string[], host: string): Omit<NetworkCard, 'mac'> {
  if (networks.includes(name)) return { kind: 'network', network: name };
  if (name.length <= MAX_DEVICE_NAME && /^[^\s/:]+$/.test(name)) return { kind: 'bridge', network: name };
  const known = networks.join(', ') || 'none';
  throw new Error(`${host} has no network of libvirt "${name}" (it has ${known}), and no bridge can have that name`);
}

async function makeDisks(storage: Storage, owner: DiskOwner, { disk_list: disks }: VmSpec): Promise<DiskSource[]> {
  const made: DiskSource[] = [];
  for (const { name, size = USUAL_SIZE, file } of disks) {
    if (file === undefined) made.push(await storage.make(owner, name, size));
    else if (/\.iso$/i.test(file)) made.push({ kind: 'cd', file });
    else made.push({ kind: 'file', file, format: 'qcow2' });
  }
  return made;
}

/** The size of a disk where none is said, in GiB. */
const USUAL_SIZE = 10;

/** Has a domain defined: virsh reads the document from a file. */
async function define({ virsh }: Hypervisor, document: string): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'contractor-libvirt-'));
  try {
    const file = path.join(folder, 'domain.xml');
    await writeFile(file, document);
    await virsh(['define', file]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
