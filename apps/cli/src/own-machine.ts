import { readFile } from 'node:fs/promises';
import os from 'node:os';

/** What this machine says of itself, as the kernel and its files tell it. */
export interface MachineFiles {
  readonly interfaces: Readonly<
    Record<string, readonly Pick<os.NetworkInterfaceInfo, 'address' | 'cidr' | 'internal'>[]>
  >;
  /** `/proc/net/route`. */
  readonly routes: string;
  /** `/proc/net/vlan/config`; empty where there is none. */
  readonly vlans: string;
  /** `/etc/resolv.conf`. */
  readonly resolver: string;
  /** What systemd-resolved asks itself; empty where it does not run. */
  readonly upstream: string;
}

/** Where this machine is on its network. Undefined is what could not be found out. */
export interface OwnMachine {
  readonly interface: string | undefined;
  /** With its prefix: `10.0.0.10/24`. */
  readonly address: string | undefined;
  readonly gateway: string | undefined;
  readonly vlan: number | undefined;
  /** Name servers this machine asks, itself aside. */
  readonly resolvers: readonly string[];
}

/** Reads what this machine says of itself. */
export async function machineFiles(): Promise<MachineFiles> {
  // Not every machine has each of them.
  const textOf = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '');
  const [routes, vlans, resolver, upstream] = await Promise.all([
    textOf('/proc/net/route'),
    textOf('/proc/net/vlan/config'),
    textOf('/etc/resolv.conf'),
    textOf('/run/systemd/resolve/resolv.conf'),
  ]);
  const interfaces = Object.fromEntries(Object.entries(os.networkInterfaces()).map(([name, all]) => [name, all ?? []]));
  return { interfaces, routes, vlans, resolver, upstream };
}

/**
 * Where a machine is on its network: on the interface that is named (`eth1`, or `eth1.5` for VLAN 5 of it), or on the one
 * of its default route.
 */
export function ownMachine(files: MachineFiles, named?: string): OwnMachine {
  const route = defaultRoute(files.routes);
  const outward = route?.interface ?? onlyInterface(files.interfaces);
  const device = named === undefined ? outward : deviceOf(files, named);
  const tagged = vlanOf(files.vlans, device ?? '') ?? vlanOf(files.vlans, named ?? '') ?? byName(named ?? device ?? '');
  const own = (device === undefined ? [] : (files.interfaces[device] ?? [])).filter(({ internal }) => !internal);
  const first = own.find(({ cidr }) => cidr?.includes('.')) ?? own.find(({ cidr }) => cidr && !cidr.startsWith('fe80'));
  const addresses = new Set(Object.values(files.interfaces).flatMap((all) => all.map(({ address }) => address)));
  const asked = nameServers(files.resolver).some(isLoopback) ? nameServers(files.upstream) : [];
  return {
    interface: tagged?.interface ?? device ?? named,
    address: first?.cidr ?? undefined,
    gateway: route !== undefined && route.interface === device ? route.gateway : undefined,
    vlan: tagged?.vlan,
    resolvers: [...nameServers(files.resolver), ...asked].filter((one) => !isLoopback(one) && !addresses.has(one)),
  };
}

/** The device behind a name: `eth1.5` may be a device of its own, or stand for what is tagged on `eth1`. */
const deviceOf = ({ interfaces }: MachineFiles, named: string): string | undefined =>
  named in interfaces ? named : byName(named)?.interface;

const byName = (name: string): { readonly interface: string; readonly vlan: number } | undefined => {
  const [, device, vlan] = /^(.+)\.(\d{1,4})$/.exec(name) ?? [];
  return device === undefined ? undefined : { interface: device, vlan: Number(vlan) };
};

/** The device that carries a tagged one, and its VLAN. */
function vlanOf(config: string, name: string): { readonly interface: string; readonly vlan: number } | undefined {
  for (const line of config.split('\n')) {
    const [device, vlan, carrier] = line.split('|').map((part) => part.trim());
    if (device === name && device !== '' && carrier) return { interface: carrier, vlan: Number(vlan) };
  }
  return undefined;
}

/** Where packets go that have no other route: the best one, where there are several. */
function defaultRoute(text: string): { readonly interface: string; readonly gateway: string } | undefined {
  const found = text
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, destination, gateway, , , , , mask]) => {
      return destination === '00000000' && mask === '00000000' && gateway !== '00000000';
    })
    .toSorted((one, other) => Number(one[6]) - Number(other[6]))[0];
  if (!found?.[0] || !found[2]) return undefined;
  return { interface: found[0], gateway: littleEndian(found[2]) };
}

/** An IPv4 address as `/proc/net/route` has it: eight hexadecimal digits, the last part first. */
const littleEndian = (hex: string): string =>
  [6, 4, 2, 0].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)).join('.');

/** The one interface that leads outward, where there is but one. */
function onlyInterface(interfaces: MachineFiles['interfaces']): string | undefined {
  const names = Object.entries(interfaces).flatMap(([name, all]) => (all.some((one) => !one.internal) ? [name] : []));
  return names.length === 1 ? names[0] : undefined;
}

const nameServers = (text: string): string[] =>
  text.split('\n').flatMap((line) => /^\s*nameserver\s+(\S+)/.exec(line)?.[1] ?? []);

const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1';
