import { randomBytes } from 'node:crypto';
import type { VirtualboxVm as Vm } from './contract.ts';
import { addDisks } from './disks.ts';
import { findMachine, removeMachine } from './machines.ts';
import type { Vbox } from './session.ts';

/** What the description of a machine begins with that was made for a foundation. */
const MADE = 'Made by Contractor, task ';
/** Where it is noted that a machine was made to its end, and by which task. */
const COMPLETE = 'Contractor/Complete';

const ADAPTER_TYPES = ['Null', 'Am79C970A', 'Am79C973', 'I82540EM', 'I82543GC', 'I82545EM', 'Virtio'];
const BOOT_DEVICES: Readonly<Record<string, string>> = { hdd: 'HardDisk', net: 'Network', cd: 'DVD', usb: 'USB' };
const MAX_ADAPTERS = 4;

/** The task that has made a machine; undefined where it was not made for a foundation. */
export async function makerOf({ call }: Vbox, machine: string): Promise<string | undefined> {
  const description = await call('IMachine_getDescription', machine);
  return description.startsWith(MADE) ? description.slice(MADE.length) : undefined;
}

/** Whether a machine was made to its end by a task. */
export const isComplete = async ({ call }: Vbox, machine: string, task: string): Promise<boolean> =>
  (await call('IMachine_getExtraData', machine, { key: COMPLETE })) === task;

/** What VirtualBox knows a machine by, and finds it by; the hardware UUID that its guest sees may be another one. */
export const uuidOf = ({ call }: Vbox, machine: string): Promise<string> => call('IMachine_getId', machine);

/**
 * Makes a machine, or finds that of the same task; one that this task has left half made is made anew.
 * @returns its UUID @throws Error where another has its name
 */
export async function createMachine(vbox: Vbox, vm: Vm, task: string): Promise<string> {
  checkOrder(vm);
  const same = await findMachine(vbox, { uuid: null, name: vm.name });
  if (same !== undefined) {
    const maker = await makerOf(vbox, same);
    if (maker !== task) {
      const whose = maker === undefined ? 'of somebody else' : 'which another attempt has left: roll the job back';
      throw new Error(`there is a machine "${vm.name}" at ${vbox.host} already, ${whose}`);
    }
    if (await isComplete(vbox, same, task)) return uuidOf(vbox, same);
    await removeMachine(vbox, same);
  }
  const machine = await register(vbox, vm, task);
  await configure(vbox, vm, { machine, task });
  return uuidOf(vbox, machine);
}

/** @throws Error for what VirtualBox does not know, before anything is made */
function checkOrder({ interface_list: interfaces, boot_order: order }: Vm): void {
  for (const { name, adapter_type: adapter, type } of interfaces) {
    if (!ADAPTER_TYPES.includes(adapter)) {
      throw new Error(
        `interface "${name}": "${adapter}" is no type of adapter; these are: ${ADAPTER_TYPES.join(', ')}`,
      );
    }
    if (!Object.hasOwn(ATTACHMENTS, type)) {
      const known = Object.keys(ATTACHMENTS).join(', ');
      throw new Error(`interface "${name}": "${type}" is no way to attach it; these are: ${known}`);
    }
  }
  const unknown = order.find((device) => !Object.hasOwn(BOOT_DEVICES, device));
  if (unknown !== undefined) {
    throw new Error(`nothing boots from "${unknown}": these are known: ${Object.keys(BOOT_DEVICES).join(', ')}`);
  }
}

/** Registers a machine that has neither disks nor adapters yet. @returns its handle */
async function register({ call, root }: Vbox, vm: Vm, task: string): Promise<string> {
  const { name, guest_type: guest = 'Other', memory_size: memorySize, cpu_count: CPUCount } = vm;
  const file = { name, group: '', createFlags: '', baseFolder: '' };
  const settingsFile = await call('IVirtualBox_composeMachineFilename', root, file);
  const machine = await call('IVirtualBox_createMachine', root, {
    settingsFile,
    name,
    groups: [],
    osTypeId: guest,
    // What a task that was killed before it had registered the machine has left there.
    flags: 'forceOverwrite=1',
  });
  await call('IMachine_setDescription', machine, { description: `${MADE}${task}` });
  await call('IMachine_setRTCUseUTC', machine, { RTCUseUTC: true });
  await call('IMachine_setMemorySize', machine, { memorySize });
  await call('IMachine_setCPUCount', machine, { CPUCount });
  await call('IMachine_addStorageController', machine, { name: 'SCSI', connectionType: 'SCSI' });
  await call('IMachine_addStorageController', machine, { name: 'SATA', connectionType: 'SATA' });
  await call('IMachine_saveSettings', machine);
  await call('IVirtualBox_registerMachine', root, { machine });
  return machine;
}

/** Gives a registered machine its disks, its adapters and what it boots from, and notes that it is complete. */
async function configure(
  vbox: Vbox,
  vm: Vm,
  { machine, task }: { readonly machine: string; readonly task: string },
): Promise<void> {
  const { call, session } = vbox;
  await call('IMachine_lockMachine', machine, { session, lockType: 'Write' });
  try {
    const locked = await call('ISession_getMachine', session);
    await addDisks(vbox, locked, vm.disk_list);
    for (let slot = 0; slot < MAX_ADAPTERS; slot += 1) {
      const adapter = await call('IMachine_getNetworkAdapter', locked, { slot });
      const its = vm.interface_list.find(({ index }) => index === slot);
      if (its) await attach(vbox, adapter, its);
      else await call('INetworkAdapter_setEnabled', adapter, { enabled: false });
    }
    await setBootOrder(vbox, locked, vm.boot_order);
    await call('IMachine_setExtraData', locked, { key: COMPLETE, value: task });
    await call('IMachine_saveSettings', locked);
  } finally {
    await call('ISession_unlockMachine', session);
  }
}

async function setBootOrder({ call, root }: Vbox, machine: string, order: readonly string[]): Promise<void> {
  const system = await call('IVirtualBox_getSystemProperties', root);
  const positions = Number(await call('ISystemProperties_getMaxBootPosition', system));
  for (let position = 1; position <= positions; position += 1) {
    const device = BOOT_DEVICES[order[position - 1] ?? ''] ?? 'Null';
    await call('IMachine_setBootOrder', machine, { position, device });
  }
}

/** How an adapter is attached, and the call that names to what. */
const ATTACHMENTS: Readonly<
  Record<string, { readonly type: string; readonly method: string; readonly field: string }>
> = {
  host: { type: 'HostOnly', method: 'INetworkAdapter_setHostOnlyInterface', field: 'hostOnlyInterface' },
  bridge: { type: 'Bridged', method: 'INetworkAdapter_setBridgedInterface', field: 'bridgedInterface' },
  nat: { type: 'NATNetwork', method: 'INetworkAdapter_setNATNetwork', field: 'NATNetwork' },
  internal: { type: 'Internal', method: 'INetworkAdapter_setInternalNetwork', field: 'internalNetwork' },
};

async function attach({ call }: Vbox, adapter: string, its: Vm['interface_list'][number]): Promise<void> {
  const attachment = ATTACHMENTS[its.type];
  if (!attachment) throw new Error(`"${its.type}" is no way to attach an interface`);
  await call('INetworkAdapter_setEnabled', adapter, { enabled: true });
  await call('INetworkAdapter_setAdapterType', adapter, { adapterType: its.adapter_type });
  await call('INetworkAdapter_setMACAddress', adapter, { MACAddress: newMac() });
  await call('INetworkAdapter_setAttachmentType', adapter, { attachmentType: attachment.type });
  await call(attachment.method, adapter, { [attachment.field]: its.network });
}

/** A MAC of those that are VirtualBox's, without colons as it has them. */
const newMac = (): string => `080027${randomBytes(3).toString('hex')}`.toUpperCase();
