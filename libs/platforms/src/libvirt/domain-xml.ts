import type { AgentParametersOf } from '#platform';
import type { GuestKind } from './capabilities.ts';
import type { LibvirtContract } from './contract.ts';
import { element, written, Xml, type XmlContent, type XmlElement } from '../xml/xml.ts';

/** What a domain is to be made of. */
export type VmSpec = AgentParametersOf<LibvirtContract, 'create'>['vm'];

/** Under this name the id of the task that made a domain stands in it. */
export const TASK_NAMESPACE = 'urn:contractor:task';

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
  const { name, cpu_count, memory_size, boot_order } = vm;
  const machine: Readonly<Record<string, string>> = guest.machine === undefined ? {} : { machine: guest.machine };
  const root = element(
    'domain',
    [
      element('name', name),
      element('uuid', uuid),
      element('title', name),
      element('metadata', element('contractor:task', task, { 'xmlns:contractor': TASK_NAMESPACE })),
      element('memory', memory_size, { unit: 'MiB' }),
      element('vcpu', cpu_count),
      element('os', [
        element('type', 'hvm', { arch: guest.arch, ...machine }),
        boot_order.map((dev) => element('boot', [], { dev })),
        element('bootmenu', [], { enable: 'yes', timeout: '1000' }),
        element('smbios', [], { mode: 'emulate' }),
        element('bios', [], { useserial: 'yes', rebootTimeout: '0' }),
      ]),
      element('features', [element('acpi'), element('apic')]),
      cpuOf(guest),
      element(
        'clock',
        [
          element('timer', [], { name: 'rtc', tickpolicy: 'catchup' }),
          element('timer', [], { name: 'pit', tickpolicy: 'delay' }),
          element('timer', [], { name: 'hpet', present: 'no' }),
        ],
        { offset: 'utc' },
      ),
      element('pm', [
        element('suspend-to-mem', [], { enabled: 'no' }),
        element('suspend-to-disk', [], { enabled: 'no' }),
      ]),
      element('devices', [
        element('controller', [], { type: 'scsi', index: '0', model: 'virtio-scsi' }),
        disks.map(diskXml),
        interfaces.map(cardXml),
        element('serial', [], { type: 'pty' }),
        element('console', [], { type: 'pty' }),
        element('graphics', [], { type: 'vnc', port: '-1', autoport: 'yes', listen: '127.0.0.1' }),
        element('video', element('model', [], { type: 'vga' })),
        element('rng', element('backend', '/dev/urandom', { model: 'random' }), { model: 'virtio' }),
      ]),
    ],
    { type: guest.type },
  );
  return written(root);
}

/** The host's own processor where the hardware runs the guest, else the best one that can be imitated. */
function cpuOf({ type }: GuestKind): XmlContent {
  if (type === 'kvm') return element('cpu', [], { mode: 'host-passthrough', check: 'none', migratable: 'on' });
  return type === 'qemu' ? element('cpu', [], { mode: 'maximum' }) : undefined;
}

const cardXml = ({ mac, kind, network }: NetworkCard): XmlElement =>
  element(
    'interface',
    [
      element('mac', [], { address: mac }),
      element('source', [], { [kind]: network }),
      element('model', [], { type: 'e1000' }),
    ],
    { type: kind },
  );

function diskXml(disk: DiskSource, index: number): XmlElement {
  const target = element('target', [], { dev: `sd${String.fromCodePoint('a'.codePointAt(0)! + index)}`, bus: 'scsi' });
  const driver = (type: string) => element('driver', [], { name: 'qemu', type });
  const source = (attributes: Readonly<Record<string, string>>) => element('source', [], attributes);
  switch (disk.kind) {
    case 'volume': {
      const volume = source({ pool: disk.pool, volume: disk.volume });
      return element('disk', [driver(disk.format), volume, target], { type: 'volume', device: 'disk' });
    }
    case 'file': {
      const file = source({ file: disk.file });
      return element('disk', [driver(disk.format), file, target], { type: 'file', device: 'disk' });
    }
    default: {
      const cd = [driver('raw'), source({ file: disk.file }), target, element('readonly')];
      return element('disk', cd, { type: 'file', device: 'cdrom' });
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
export async function readDomain(text: string): Promise<ReadDomain> {
  const domain = await Xml.read(text);
  // The attribute that declares the name space of the task.
  const task = domain.all('metadata', 'task').find((one) => one.attribute('contractor') === TASK_NAMESPACE);
  const textOf = (name: string) => (domain.at(name)?.text ?? '').trim();
  return {
    type: domain.attribute('type') ?? '',
    name: textOf('name'),
    uuid: textOf('uuid'),
    task: (task?.text ?? '').trim(),
    macs: domain.all('devices', 'interface', 'mac').map((mac) => (mac.attribute('address') ?? '').toLowerCase()),
    disks: domain.all('devices', 'disk', 'source').map((source) => ({
      pool: source.attribute('pool') ?? '',
      volume: source.attribute('volume') ?? '',
      file: source.attribute('file') ?? '',
    })),
  };
}
