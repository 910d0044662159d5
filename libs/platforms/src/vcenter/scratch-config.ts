import { randomBytes } from 'node:crypto';
import type { XmlContent, XmlElement } from '../xml/xml.ts';
import { element } from '../xml/xml.ts';
import type { VcenterVm } from './contract.ts';
import { networkBacking } from './networks.ts';
import { guestProperties } from './properties.ts';
import type { Ref, Vim } from './session.ts';
import { typed } from './session.ts';

const KIB_PER_GIB = 2 ** 20;
const SCSI_KEY = 1000;
const FIRST_DISK = 2000;
const FIRST_NIC = 4000;
/** A machine waits before it boots, and tries again where nothing answers, in milliseconds. */
const BOOT_DELAY_MS = 5000;
const BOOT_RETRY_MS = 50_000;

const NICS: Readonly<Record<string, string>> = {
  E1000: 'VirtualE1000',
  E1000e: 'VirtualE1000e',
  PCNet32: 'VirtualPCNet32',
  VMXNet: 'VirtualVmxnet',
  VMXNet2: 'VirtualVmxnet2',
  VMXNet3: 'VirtualVmxnet3',
};
const EXEC_USAGE: Readonly<Record<string, string>> = { on: 'hvOn', off: 'hvOff', auto: 'hvAuto' };
const MMU_USAGE: Readonly<Record<string, string>> = { on: 'on', off: 'off', auto: 'automatic' };
const DISK_TYPES = ['thin', 'eagerZeroedThick', 'preallocated', 'preallocate'];

/** What a machine is made of that is made from scratch, in the order in which vSphere reads it. */
export async function scratchConfig(vim: Vim, vm: VcenterVm, host: Ref, annotation: string): Promise<XmlElement> {
  if (vm.guest_id === undefined) throw new Error(`machine "${vm.name}" names no guest_id`);
  return element('config', [
    element('name', vm.name),
    element('guestId', vm.guest_id),
    element('annotation', annotation),
    element('files', element('vmPathName', `[${vm.datastore}]`)),
    flagsOf(vm),
    element('numCPUs', vm.cpu_count),
    element('memoryMB', vm.memory_size),
    added(
      typed('device', 'VirtualLsiLogicController', [
        element('key', SCSI_KEY),
        element('busNumber', 0),
        element('sharedBus', 'noSharing'),
      ]),
    ),
    (vm.disk_list ?? []).map((disk, n) => added(diskOf(vm, disk, n), true)),
    await Promise.all(vm.interface_list.map((one, n) => nicOf(vim, host, one, n))),
    element('bootOptions', [
      element('bootDelay', BOOT_DELAY_MS),
      element('bootRetryEnabled', true),
      element('bootRetryDelay', BOOT_RETRY_MS),
      vm.boot_order.flatMap((device) => bootDevice(vm, device)),
    ]),
    guestProperties(vm),
    vm.virtual_vhv === undefined ? undefined : element('nestedHVEnabled', vm.virtual_vhv),
  ]);
}

const added = (device: XmlElement, withFile = false): XmlElement =>
  element('deviceChange', [
    element('operation', 'add'),
    withFile ? element('fileOperation', 'create') : undefined,
    device,
  ]);

function choice(known: Readonly<Record<string, string>>, given: string, what: string): string {
  const found = Object.hasOwn(known, given) ? known[given] : undefined;
  if (found !== undefined) return found;
  throw new Error(`"${given}" is no ${what}; these are known: ${Object.keys(known).join(', ')}`);
}

function flagsOf({ virtual_mmu_usage: mmu, virtual_exec_usage: exec }: VcenterVm): XmlContent {
  if (mmu === undefined && exec === undefined) return undefined;
  return element('flags', [
    mmu === undefined ? undefined : element('virtualMmuUsage', choice(MMU_USAGE, mmu, 'virtual_mmu_usage')),
    exec === undefined ? undefined : element('virtualExecUsage', choice(EXEC_USAGE, exec, 'virtual_exec_usage')),
  ]);
}

function diskOf(vm: VcenterVm, disk: NonNullable<VcenterVm['disk_list']>[number], n: number): XmlElement {
  if (!DISK_TYPES.includes(disk.type)) {
    throw new Error(`"${disk.type}" is no type of disk; these are known: ${DISK_TYPES.join(', ')}`);
  }
  // The SCSI controller has number 7 itself.
  const unit = n < 7 ? n : n + 1;
  return typed('device', 'VirtualDisk', [
    element('key', FIRST_DISK + n),
    typed('backing', 'VirtualDiskFlatVer2BackingInfo', [
      element('fileName', `[${vm.datastore}]`),
      element('diskMode', 'persistent'),
      element('thinProvisioned', disk.type === 'thin'),
      element('eagerlyScrub', disk.type === 'eagerZeroedThick'),
    ]),
    element('controllerKey', SCSI_KEY),
    element('unitNumber', unit),
    element('capacityInKB', disk.size * KIB_PER_GIB),
  ]);
}

async function nicOf(vim: Vim, host: Ref, its: VcenterVm['interface_list'][number], n: number): Promise<XmlElement> {
  return added(
    typed('device', choice(NICS, its.type ?? 'E1000', 'type of adapter'), [
      element('key', FIRST_NIC + n),
      await networkBacking(vim, host, its.network),
      element('connectable', [
        element('startConnected', true),
        element('allowGuestControl', true),
        element('connected', false),
      ]),
      element('addressType', 'manual'),
      element('macAddress', newMac()),
    ]),
  );
}

function bootDevice({ disk_list: disks = [], interface_list: nics }: VcenterVm, device: string): XmlElement[] {
  if (device === 'hdd' && disks.length > 0) {
    return [typed('bootOrder', 'VirtualMachineBootOptionsBootableDiskDevice', element('deviceKey', FIRST_DISK))];
  }
  if (device === 'net' && nics.length > 0) {
    return [typed('bootOrder', 'VirtualMachineBootOptionsBootableEthernetDevice', element('deviceKey', FIRST_NIC))];
  }
  return [];
}

/** A MAC of those that vSphere lets be given: up to 00:50:56:3f:ff:ff. */
function newMac(): string {
  const [third = 0, ...rest] = randomBytes(3);
  return `00:50:56:${[third & 0x3f, ...rest].map((one) => one.toString(16).padStart(2, '0')).join(':')}`;
}
