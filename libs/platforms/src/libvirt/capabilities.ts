import { Xml } from '../xml/xml.ts';

/** What guests of a host are like: the kind of domain, the architecture, and the machine where one is asked for. */
export interface GuestKind {
  /** `kvm`, `qemu`, or what else the hypervisor calls its domains. */
  readonly type: string;
  readonly arch: string;
  /** The host's own default, unless given. */
  readonly machine?: string;
}

/** What an agent was told about the guests it makes. */
export interface GuestSettings {
  readonly type?: string | undefined;
  readonly machine?: string | undefined;
}

/** Architectures that domains are made for, the better one first. */
const ARCHITECTURES = ['x86_64', 'i686'];
/** Kinds of domains, the faster ones first. */
const TYPES = ['kvm', 'qemu'];

/**
 * What guests of a host are like, from what `virsh capabilities` says: as the settings want it, else the fastest kind that
 * the host offers, and its own default machine.
 * @throws Error where the host has nothing of the kind
 */
export async function guestKind(
  capabilities: string,
  { type: wanted, machine }: GuestSettings,
  host: string,
): Promise<GuestKind> {
  const guests = (await Xml.read(capabilities))
    .all('guest')
    .filter((guest) => guest.at('os_type')?.text === 'hvm')
    .flatMap((guest) => guest.all('arch'));
  const arch = ARCHITECTURES.map((name) => guests.find((guest) => guest.attribute('name') === name)).find(Boolean);
  if (!arch) throw new Error(`${host} runs no guests of ${ARCHITECTURES.join(' or ')}`);
  const types = arch.all('domain').map((domain) => domain.attribute('type') ?? '');
  const type = wanted ?? TYPES.find((one) => types.includes(one)) ?? types[0] ?? '';
  if (!types.includes(type))
    throw new Error(`${host} offers no domains of the type "${type}": it has ${types.join(', ')}`);
  // Machines stand with the type where they are its own, and with the architecture where they are everybody's.
  const its = arch.all('domain').find((domain) => domain.attribute('type') === type);
  const machines = [...arch.all('machine'), ...(its?.all('machine') ?? [])].map((one) => one.text);
  if (machine !== undefined && !machines.includes(machine)) {
    throw new Error(`${host} has no machine "${machine}": it has ${machines.join(', ')}`);
  }
  return { type, arch: arch.attribute('name') ?? '', ...(machine === undefined ? {} : { machine }) };
}
