import type { SiteSubnet } from '../subnets/site-subnet.ts';

/**
 * The configuration of radvd: on each interface with IPv6 subnets it tells machines to ask DHCP for their addresses. It tells
 * them that this machine is a router only where it has the address of a gateway. Empty: there is no such interface.
 * @param subnets IPv6, checked
 * @param interfaces the interface of this machine that is on the wire of a subnet, by subnet
 * @param own addresses of this machine
 */
export function radvdConfiguration(
  subnets: readonly SiteSubnet[],
  interfaces: ReadonlyMap<string, string>,
  own: { has(address: string): boolean },
): string {
  const byInterface = new Map<string, SiteSubnet[]>();
  for (const subnet of subnets) {
    const on = interfaces.get(subnet.subnet);
    if (on !== undefined) byInterface.set(on, [...(byInterface.get(on) ?? []), subnet]);
  }
  return [...byInterface].map(([name, its]) => interfaceText(name, its, own)).join('\n');
}

/** What advertises nothing: radvd ends where it reads a configuration without an interface. */
export const NOTHING_ADVERTISED = 'interface lo {\n  AdvSendAdvert off;\n};\n';

function interfaceText(name: string, subnets: readonly SiteSubnet[], own: { has(address: string): boolean }): string {
  const routes = subnets.some(({ gateway }) => gateway !== null && own.has(gateway));
  const resolvers = distinct(subnets.flatMap((subnet) => subnet.dns_servers.filter((one) => one.includes(':'))));
  const search = distinct(subnets.flatMap((subnet) => subnet.domain_search.filter(isTakenByRadvd)));
  const mtus = distinct(subnets.flatMap(({ mtu }) => mtu ?? []));
  return [
    `interface ${name} {`,
    '  AdvSendAdvert on;',
    '  AdvManagedFlag on;',
    '  AdvOtherConfigFlag on;',
    ...(routes ? [] : ['  AdvDefaultLifetime 0;']),
    ...(mtus.length === 1 && (mtus[0] ?? 0) >= MIN_MTU ? [`  AdvLinkMTU ${mtus[0]};`] : []),
    ...subnets.map(({ subnet }) => `  prefix ${subnet} { AdvOnLink on; AdvAutonomous off; };`),
    ...(resolvers.length > 0 ? [`  RDNSS ${resolvers.slice(0, MAX_RESOLVERS).join(' ')} { };`] : []),
    ...(search.length > 0 ? [`  DNSSL ${search.join(' ')} { };`] : []),
    '};',
    '',
  ].join('\n');
}

/** The smallest MTU of IPv6. */
const MIN_MTU = 1280;
/** It takes no name with `_`, and none that it would read as a number. */
const isTakenByRadvd = (name: string): boolean => !name.includes('_') && !/^[\d.]+$/.test(name);
/** More are not taken by radvd. */
const MAX_RESOLVERS = 3;

const distinct = <T>(values: readonly T[]): readonly T[] => [...new Set(values)];
