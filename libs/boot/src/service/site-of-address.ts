import type { SiteSubnet } from '#dhcp/agent';
import { isIn, numbered, numberedSubnet } from '#dhcp/agent';

/**
 * At which of the sites an address is: of one site it is there; of several, where a subnet has it, else at the first.
 * @returns undefined where it is not known yet which subnets there are
 */
export function siteOfAddress(
  sites: readonly string[],
  subnets: ReadonlyMap<string, readonly SiteSubnet[]>,
  address: string,
): string | undefined {
  if (sites.length === 1) return sites[0];
  if (!sites.every((site) => subnets.has(site))) return undefined;
  return siteWith(sites, subnets, address) ?? sites[0];
}

/** The first site of which a subnet that is known has an address. */
export function siteWith(
  sites: readonly string[],
  subnets: ReadonlyMap<string, readonly SiteSubnet[]>,
  address: string,
): string | undefined {
  const at = numbered(address);
  const has = ({ subnet }: SiteSubnet): boolean => {
    const range = numberedSubnet(subnet);
    return at !== undefined && range !== undefined && isIn(range, at);
  };
  return sites.find((site) => subnets.get(site)?.some(has));
}
