import type { View } from '#read-store';
import { addressesIn, addressIn, borrowersOf, grouped, ipv4Blocks, resolverOf } from './leased-addresses.ts';
import type { Found } from './leased-addresses.ts';

/** The addresses of a block that are leased to whoever asks. */
export interface DynamicPool {
  /** The id of the block. */
  readonly name: number;
  readonly gateway: string | null;
  readonly netmask: string;
  readonly dns_server: string;
  readonly domain_name: string;
  readonly address_list: readonly string[];
}

/** The DNS server of a pool whose site names none. */
const USUAL_DNS_SERVER = '1.1.1.1';
/**
 * The pools of the IPv4 blocks of a site that have dynamic addresses, in the order of the blocks. What a job has borrowed is
 * leased to its machine alone.
 */
export async function dynamicPools(view: View, site: string): Promise<readonly DynamicPool[]> {
  const blocks = await ipv4Blocks(view, site);
  const { dns_server: dns = USUAL_DNS_SERVER, domain_name: domain = '' } = await resolverOf(view, site);
  const dynamic = await addressesIn(view, blocks, 'DynamicAddress');
  const lent = new Set((await borrowersOf(view, dynamic)).map(({ address: { key } }) => key));
  const byBlock = grouped(
    dynamic.filter(({ key }) => !lent.has(key)),
    ({ block }) => block,
  );
  return [...blocks].flatMap(([name, block]) => {
    const own = byBlock.get(name)?.toSorted((one, other) => offsetOf(one) - offsetOf(other));
    if (!own) return [];
    const { gateway, netmask } = block;
    return {
      gateway,
      name,
      netmask,
      dns_server: dns,
      domain_name: domain,
      address_list: own.map(({ row }) => addressIn(block, row)),
    };
  });
}

const offsetOf = ({ row }: Found): number => Number(row.offset);
