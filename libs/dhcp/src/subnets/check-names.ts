import { isIP } from 'node:net';
import type { SiteSubnet } from './site-subnet.ts';

/** Labels of 1 to 63 characters, 253 in all at the most; a dot at the end is taken. */
const LABEL = '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?';
const DOMAIN = new RegExp(`^(?=.{1,254}$)${LABEL}(?:\\.${LABEL})*\\.?$`, 'i');
const MAX_DOMAIN = 253;

const isDomain = (name: string): boolean => DOMAIN.test(name) && name.replace(/\.$/, '').length <= MAX_DOMAIN;
/** Zones are of one machine alone. */
const isAddress = (text: string): boolean => isIP(text) !== 0 && !text.includes('%');

/** What a subnet tells of names, without what is wrong: that would have a DHCP server refuse everything. */
export function keptNames(
  { site, dns_servers: servers, domain_name: domain, domain_search: search }: SiteSubnet,
  refused: Set<string>,
): Pick<SiteSubnet, 'dns_servers' | 'domain_name' | 'domain_search'> {
  const kept = (values: readonly string[], isRight: (value: string) => boolean, what: string, rule: string) =>
    values.filter((value) => {
      if (!isRight(value)) refused.add(`${JSON.stringify(value)} ${what} of site ${site}: it is no ${rule}`);
      return isRight(value);
    });
  const named = domain === null || domain === '' ? [] : [domain];
  return {
    dns_servers: kept(servers, isAddress, 'among the DNS servers', 'address'),
    domain_name: kept(named, isDomain, 'as the domain name', 'domain name')[0] ?? null,
    domain_search: kept(search, isDomain, 'in the search list', 'domain name'),
  };
}
