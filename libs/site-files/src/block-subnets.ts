import type { IpAddress, Subnet } from '#ipam';
import { contains } from '#ipam';
import { subnetFrom } from './address-range.ts';
import type { Definition } from './definition.ts';
import type { Candidate } from './references.ts';
import type { SiteContents } from './site-contents.ts';

/** An address block by its name, and the subnet that it is. */
interface BlockSubnet {
  readonly block: Candidate;
  readonly subnet: Subnet;
}

/** Where the address blocks are read from: what is there, and what files define on top of it. */
interface Sources {
  readonly contents: SiteContents;
  readonly definitions: ReadonlyMap<string, Definition>;
}

/** The subnets of the address blocks of sites, as they are once files are applied. */
export class BlockSubnets {
  readonly #sources: Sources;
  readonly #bySite = new Map<string, Promise<readonly BlockSubnet[]>>();

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  /**
   * The block of a site that an address is in; undefined where there is none.
   * @param name the only block that counts (`shop/main`); by default any
   */
  async around(site: string, address: IpAddress, name?: string): Promise<BlockSubnet | undefined> {
    const blocks = await this.#of(site);
    return blocks.find(
      ({ block, subnet }) => contains(subnet.addresses, address) && (name === undefined || name === block.name),
    );
  }

  #of(site: string): Promise<readonly BlockSubnet[]> {
    let known = this.#bySite.get(site);
    if (!known) this.#bySite.set(site, (known = this.#read(site)));
    return known;
  }

  async #read(site: string): Promise<BlockSubnet[]> {
    const { contents, definitions } = this.#sources;
    await contents.read(site);
    const subnets = new Map<string, string>();
    for (const { name, fields } of contents.of('block', site)) {
      subnets.set(name, `${String(fields['subnet'])}/${String(fields['prefix'])}`);
    }
    for (const { kind, of, name, values } of definitions.values()) {
      if (kind === 'block' && of === site && typeof values['subnet'] === 'string') subnets.set(name, values['subnet']);
    }
    return [...subnets].flatMap(([name, text]) => {
      const subnet = subnetFrom(text);
      return subnet ? [{ block: { kind: 'block', site, name } as const, subnet }] : [];
    });
  }
}
