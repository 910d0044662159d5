import { randomBytes } from 'node:crypto';
import type { ProxmoxApi } from './api.ts';
import { ProxmoxError } from './api.ts';
import type { ProxmoxVm as Vm } from './contract.ts';
import type { Machine, Maker } from './machines.ts';
import { descriptionOf, isOfTask, machinesOf, OWN_TAG, taskTag } from './machines.ts';
import type { Attachment } from './nodes.ts';
import { chooseNode } from './nodes.ts';

/** How often another id is tried where somebody else has taken it in between. */
const MAX_TRIES = 5;
/** Storage and operating system where nothing is said. */
const USUAL_STORAGE = 'local-lvm';
const USUAL_OSTYPE = 'l26';

/** Makes a machine, or finds that of the same task. @throws Error where another has its name */
export async function createMachine(api: ProxmoxApi, vm: Vm, maker: Maker): Promise<Pick<Machine, 'node' | 'vmid'>> {
  const all = await machinesOf(api);
  const own = all.find((one) => isOfTask(one, vm.name, maker.task));
  if (own) return own;
  const same = all.find(({ name }) => name === vm.name);
  if (same) {
    const whose = same.tags.includes(OWN_TAG)
      ? 'which another attempt has left: roll the job back'
      : 'of somebody else';
    throw new Error(`there is a machine "${vm.name}" (${same.vmid}) at ${api.host} already, ${whose}`);
  }
  const { node, attachments } = await chooseNode(api, vm);
  const values = settingsOf(vm, attachments, maker);
  for (let tries = 1; ; tries += 1) {
    const vmid = Number(await api.get<string | number>('/cluster/nextid'));
    try {
      await api.finish(await api.send<string>('POST', `/nodes/${encodeURIComponent(node)}/qemu`, { ...values, vmid }));
      return { node, vmid };
    } catch (error) {
      if (tries >= MAX_TRIES || !(error instanceof ProxmoxError) || !isTaken(error)) throw error;
    }
  }
}

const isTaken = ({ status, message }: ProxmoxError): boolean => status >= 400 && /already exists/i.test(message);

function settingsOf(vm: Vm, attachments: readonly Attachment[], maker: Maker): Record<string, string | number> {
  const { name, cpu_count, memory_size, boot_order, disk_list, storage = USUAL_STORAGE, ostype = USUAL_OSTYPE } = vm;
  return {
    name,
    sockets: cpu_count,
    cores: 1,
    cpu: 'x86-64-v2-AES',
    memory: memory_size,
    ostype,
    scsihw: 'virtio-scsi-single',
    boot: `order=${boot_order.join(';')}`,
    tags: `${OWN_TAG};${taskTag(maker.task)}`,
    description: descriptionOf(name, maker),
    ...Object.fromEntries(disk_list.map(({ size }, n) => [`scsi${n}`, `${storage}:${size}`])),
    ...Object.fromEntries(
      attachments.map(({ bridge, vlan }, n) => [
        `net${n}`,
        `virtio,bridge=${bridge},macaddr=${newMac()}${vlan === null ? '' : `,tag=${vlan}`}`,
      ]),
    ),
  };
}

/** A MAC that is no manufacturer's. */
const newMac = (): string => ['02', ...randomBytes(5).toString('hex').match(/../g)!].join(':');
