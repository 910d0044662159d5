/** A machine that is leased an address by its MAC. */
export interface SubnetMachine {
  /** `aa:bb:cc:dd:ee:ff`. */
  readonly mac: string;
  readonly ip_address: string;
  readonly host_name: string;
  /** Empty: it has none. */
  readonly config_uuid: string;
  /** What its boot files are named after. */
  readonly console: string;
  readonly mtu: number | null;
  readonly vlan: number | null;
  /** Which structure or foundation it is, for people: `structure 3 (web1)`. */
  readonly of: string;
  /** Its job has borrowed the address from the pool; somebody may have leased it still. */
  readonly borrowed?: true;
}

/** What a DHCP server serves of one address block. */
export interface SiteSubnet {
  /** The id of the block. */
  readonly block: number;
  readonly site: string;
  readonly name: string;
  /** `10.0.0.0/24`, `2001:db8::/64`. */
  readonly subnet: string;
  readonly gateway: string | null;
  /** Where the block is used: `<id of a network>/<VLAN>`, 0 for untagged. Blocks with one in common share a wire. */
  readonly links: readonly string[];
  /** What all of its networks say; null where they do not agree, or say nothing. */
  readonly mtu: number | null;
  readonly vlan: number | null;
  readonly dns_servers: readonly string[];
  readonly domain_name: string | null;
  readonly domain_search: readonly string[];
  /** Addresses that are leased to whoever asks. */
  readonly pool: readonly string[];
  readonly machines: readonly SubnetMachine[];
}

/** Takes what a server has answered for subnets. @throws Error where it is something else */
export function readSubnets(answer: unknown): readonly SiteSubnet[] {
  const isSubnet = (it: unknown): it is SiteSubnet =>
    typeof it === 'object' &&
    it !== null &&
    typeof (it as SiteSubnet).subnet === 'string' &&
    Array.isArray((it as SiteSubnet).pool) &&
    Array.isArray((it as SiteSubnet).machines);
  if (!Array.isArray(answer) || !answer.every(isSubnet)) throw new Error('the server gives no list of subnets');
  // Whole numbers of the API may come as objects that write themselves as such.
  return JSON.parse(JSON.stringify(answer)) as readonly SiteSubnet[];
}
