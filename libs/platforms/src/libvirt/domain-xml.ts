import type { AgentParametersOf } from '#platform';
import type { GuestKind } from './capabilities.ts';
import type { LibvirtContract } from './contract.ts';
import { element, readXml, xmlText, type XmlElement } from './xml.ts';

/** What a domain is to be made of. */
export type VmSpec = AgentParametersOf<LibvirtContract, 'create'>['vm'];

/** Under this name the id of the task that made a domain stands in it. */
const TASK_NAMESPACE = 'urn:contractor:task';

/** What a disk is on the host. */
export type DiskSource =
  | { readonly kind: 'volume'; readonly pool: string; readonly volume: string; readonly format: string }
  | { readonly kind: 'file'; readonly file: string; readonly format: string }
  | { readonly kind: 'cd'; readonly file: string };

/** Everything a domain is defined by. */
export interface DomainDefinition {
  readonly uuid: string;
  /** Id of the task that makes it. */
  readonly task: string;
  readonly vm: VmSpec;
  readonly guest: GuestKind;
  /** In the order in which the guest sees them. */
  readonly disks: readonly DiskSource[];
  readonly interfaces: readonly NetworkCard[];
}

/** An interface of a domain. */
export interface NetworkCard {
  readonly mac: string;
  readonly network: string;
  /** A network of libvirt, or a bridge of the host. */
  readonly kind: 'network' | 'bridge';
}

/** The document that defines a domain. */
export function domainXml({ uuid, task, vm, guest, disks, interfaces }: DomainDefinition): string {
  const root = element(
    'domain',
    { type: guest.type },
    element('name', {}, vm.name),
    element('uuid', {}, uuid),
    element('title', {}, vm.name),
    element('metadata', {}, element('contractor:task', { 'xmlns:contractor': TASK_NAMESPACE }, task)),
    element('memory', { unit: 'MiB' }, String(vm.memory_size)),
    element('vcpu', {}, String(vm.cpu_count)),
    element(
      'os',
      {},
      element('type', { arch: guest.arch, ...(guest.machine === undefined ? {} : { machine: guest.machine }) }, 'hvm'),
      ...vm.boot_order.map((dev) => element('boot', { dev })),
      element('bootmenu', { enable: 'yes', timeout: 1000 }),
      element('smbios', { mode: 'emulate' }),
      element('bios', { useserial: 'yes', rebootTimeout: 0 }),
    ),
    element('features', {}, element('acpi'), element('apic')),
    ...cpuOf(guest),
    element(
      'clock',
      { offset: 'utc' },
      element('timer', { name: 'rtc', tickpolicy: 'catchup' }),
      element('timer', { name: 'pit', tickpolicy: 'delay' }),
      element('timer', { name: 'hpet', present: 'no' }),
    ),
    element('pm', {}, element('suspend-to-mem', { enabled: 'no' }), element('suspend-to-disk', { enabled: 'no' })),
    element(
      'devices',
      {},
      element('controller', { type: 'scsi', index: 0, model: 'virtio-scsi' }),
      ...disks.map(diskXml),
      ...interfaces.map(({ mac, kind, network }) =>
        element(
          'interface',
          { type: kind },
          element('mac', { address: mac }),
          element('source', { [kind]: network }),
          element('model', { type: 'e1000' }),
        ),
      ),
      element('serial', { type: 'pty' }),
      element('console', { type: 'pty' }),
      element('graphics', { type: 'vnc', port: -1, autoport: 'yes', listen: '127.0.0.1' }),
      element('video', {}, element('model', { type: 'vga' })),
      element('rng', { model: 'virtio' }, element('backend', { model: 'random' }, '/dev/urandom')),
    ),
  );
  return xmlText(root);
}

/** The host's own processor where the hardware runs the guest, else the best one that can be imitated. */
function cpuOf({ type }: GuestKind): XmlElement[] {
  if (type === 'kvm') return [element('cpu', { mode: 'host-passthrough', check: 'none', migratable: 'on' })];
  return type === 'qemu' ? [element('cpu', { mode: 'maximum' })] : [];
}

function diskXml(disk: DiskSource, index: number): XmlElement {
  const target = element('target', { dev: `sd${String.fromCodePoint('a'.codePointAt(0)! + index)}`, bus: 'scsi' });
  const driver = (type: string) => element('driver', { name: 'qemu', type });
  switch (disk.kind) {
    case 'volume': {
      const source = element('source', { pool: disk.pool, volume: disk.volume });
      return element('disk', { type: 'volume', device: 'disk' }, driver(disk.format), source, target);
    }
    case 'file': {
      const source = element('source', { file: disk.file });
      return element('disk', { type: 'file', device: 'disk' }, driver(disk.format), source, target);
    }
    default: {
      const source = element('source', { file: disk.file });
      return element('disk', { type: 'file', device: 'cdrom' }, driver('raw'), source, target, element('readonly'));
    }
  }
}

/** What a domain says of itself. */
export interface ReadDomain {
  /** What kind of hypervisor runs it. */
  readonly type: string;
  readonly name: string;
  readonly uuid: string;
  /** Id of the task that made it; `''`: it was none of ours. */
  readonly task: string;
  /** Hardware addresses, in the order of its interfaces. */
  readonly macs: readonly string[];
  readonly disks: readonly ReadDisk[];
}

/** A disk of a domain, as far as it can be removed. */
export interface ReadDisk {
  readonly pool: string;
  readonly volume: string;
  readonly file: string;
}

/** Reads the document of a domain. @throws Error where it is none */
export function readDomain(text: string): ReadDomain {
  const domain = readXml(text);
  const task = domain
    .all('metadata/contractor:task')
    .find((one) => one.attribute('xmlns:contractor') === TASK_NAMESPACE);
  return {
    type: domain.attribute('type'),
    name: domain.first('name')?.text() ?? '',
    uuid: domain.first('uuid')?.text() ?? '',
    task: task?.text() ?? '',
    macs: domain.all('devices/interface/mac').map((mac) => mac.attribute('address').toLowerCase()),
    disks: domain.all('devices/disk/source').map((source) => ({
      pool: source.attribute('pool'),
      volume: source.attribute('volume'),
      file: source.attribute('file'),
    })),
  };
}
