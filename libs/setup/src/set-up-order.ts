import type { Secret, UnitOfWork } from '#kernel';
import { formatAddress, InvalidAddress, isIpv4, parseAddress, subnetOf } from '#ipam';

/** What a set-up makes, as it is asked for. */
export interface SetUpOrder {
  readonly site: string;
  /** Domain of the hosts of the site: `site1.test`. */
  readonly domain: string;
  /** Locator and host name of the server's own stand-in. */
  readonly hostname: string;
  readonly plot: string;
  /** Name of the network, and of the address block. */
  readonly network: string;
  /** The server's own interface. */
  readonly interface: string;
  /** The server's own address, with its prefix: `10.0.0.10/24`. */
  readonly address: string;
  /** Null: there is none. */
  readonly gateway: string | null;
  /** Null: the network is untagged. */
  readonly vlan: number | null;
  /** Empty: the server's own address. */
  readonly dnsServers: readonly string[];
  readonly ntpServers: readonly string[];
  readonly proxy: string | null;
  readonly noProxy: readonly string[];
  /** Names beside `contractor` that point to the server, in every zone. */
  readonly cnames: readonly string[];
  /** Whether the addresses for other servers and for DHCP are set aside. */
  readonly reserves: boolean;
  /** Somebody who may do everything, beside the administrator; null: nobody. */
  readonly superuser: { readonly name: string; readonly password: Secret } | null;
  /** Blocks of addresses for the accounts that existing agents expect; none: no such accounts. */
  readonly legacyNetworks: readonly string[];
  /** Whether it is only told what would come of it. */
  readonly dryRun: boolean;
}

/** Where the server is. */
export interface OwnPlace {
  readonly address: string;
  readonly subnet: string;
  readonly prefix: number;
  readonly offset: bigint;
  readonly gatewayOffset: bigint | null;
}

const CIDR = /^([^/]+)\/(\d{1,3})$/;
const LABEL = /^[a-z][a-z0-9]+$/;

/** The address and subnet of the server; undefined where they are none, which is then a fault. */
export function placeFrom(work: UnitOfWork, order: Pick<SetUpOrder, 'address' | 'gateway'>): OwnPlace | undefined {
  const [, text = '', prefix = ''] = CIDR.exec(order.address) ?? [];
  try {
    const address = parseAddress(text);
    const { address: first, addresses } = subnetOf(address, Number(prefix));
    const offset = address - first;
    const edges = isIpv4(address) && Number(prefix) < 31;
    if (edges && (offset === 0n || address === addresses.last)) {
      work.fault('address', 'RANGE', `${order.address} is the first or last address of its subnet, which no host has`);
    }
    const gateway = gatewayFrom(work, order.gateway, first, addresses);
    if (gateway === offset) work.fault('gateway', 'TAKEN', 'the gateway is the server itself; leave it out');
    return {
      address: formatAddress(address),
      subnet: formatAddress(first),
      prefix: Number(prefix),
      offset,
      gatewayOffset: gateway,
    };
  } catch (error) {
    if (!(error instanceof InvalidAddress)) throw error;
    work.fault('address', 'INVALID', `"${order.address}" is no address with a prefix, such as 10.0.0.10/24`);
    return undefined;
  }
}

function gatewayFrom(
  work: UnitOfWork,
  text: string | null,
  first: bigint,
  { last }: { readonly last: bigint },
): bigint | null {
  if (text === null) return null;
  try {
    const address = parseAddress(text);
    if (address >= first && address <= last) return address - first;
    work.fault('gateway', 'RANGE', `the gateway ${text} is not in the subnet of the server`);
  } catch (error) {
    if (!(error instanceof InvalidAddress)) throw error;
    work.fault('gateway', 'INVALID', `"${text}" is no address`);
  }
  return null;
}

/** The labels of a domain, the last first; what is wrong with them is noted. */
export function labelsOf(work: UnitOfWork, domain: string): readonly string[] {
  const labels = domain.toLowerCase().split('.').toReversed();
  for (const label of labels.filter((one) => !LABEL.test(one))) {
    const rule = 'each part has at least two letters and digits, with a letter first';
    work.fault('domain', 'PATTERN', `"${label}" in the domain "${domain}" cannot be a zone: ${rule}`);
  }
  return labels;
}

/** Where names without a domain are looked for: `site1.test`, `test`. */
export function searchList(domain: string): readonly string[] {
  const labels = domain.toLowerCase().split('.');
  return labels.map((_, n) => labels.slice(n).join('.'));
}
