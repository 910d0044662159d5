import type { VmSpec } from './domain-xml.ts';

const VM_NAME = /^[a-zA-Z][a-zA-Z0-9._-]{0,99}$/;
const DISK_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_-]{0,39}$/;
/** As many as `sda` to `sdz`. */
const MAX_DISKS = 26;
const MAX_INTERFACES = 27;

/** Whether a domain can be made of this: names end up in names of files. @throws Error with field, value and rule */
export function checkVm({ name, disk_list: disks, interface_list: interfaces, boot_order: order }: VmSpec): void {
  if (!VM_NAME.test(name)) {
    throw new Error(
      `vm.name: "${name}" must begin with a letter, and have at most 100 letters, digits, ".", "_" and "-"`,
    );
  }
  if (disks.length > MAX_DISKS)
    throw new Error(`vm.disk_list: ${disks.length} disks, and at most ${MAX_DISKS} are possible`);
  if (interfaces.length > MAX_INTERFACES) {
    throw new Error(`vm.interface_list: ${interfaces.length} interfaces, and at most ${MAX_INTERFACES} are possible`);
  }
  for (const [n, { name: disk, file }] of disks.entries()) {
    if (!DISK_NAME.test(disk)) {
      throw new Error(`vm.disk_list[${n}].name: "${disk}" must be 1 to 40 letters, digits, "_" and "-"`);
    }
    if (disks.findIndex((one) => one.name === disk) < n)
      throw new Error(`vm.disk_list[${n}].name: "${disk}" is there twice`);
    if (file !== undefined && !file.startsWith('/')) {
      throw new Error(`vm.disk_list[${n}].file: "${file}" must be the whole path of a file of the host`);
    }
  }
  if (new Set(order).size < order.length) throw new Error('vm.boot_order: each may be there once');
}
