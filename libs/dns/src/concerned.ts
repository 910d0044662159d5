import type { FactChange, FactKey, Facts } from './facts.ts';

/** What has to be rendered again because of facts that have changed. */
export class Concerned {
  readonly #facts: Facts;
  /** Ids of hosts. */
  readonly hosts = new Set<number>();
  /** Ids of zones. */
  readonly zones = new Set<number>();
  /** Whether all zones are concerned: what stands in each of them has changed. */
  allZones = false;
  domains = false;
  blocks = false;

  constructor(facts: Facts) {
    this.#facts = facts;
  }

  /** Notes what a fact concerns, as it was before or is now. */
  mark({ kind, key, fact }: FactChange): void {
    if (!fact) return;
    const { structures, sites } = this.#facts;
    switch (kind) {
      case 'zones':
        this.domains = true;
        this.zones.add(Number(key));
        return;
      case 'entries':
        if (fact.zone === null) this.allZones = true;
        else this.zones.add(fact.zone);
        return;
      case 'sites':
        this.markSite(key);
        // An address may lie in a block of another site of the zone.
        if (fact.zone !== null) for (const site of sites.by('zone', fact.zone)) this.markSite(site);
        return;
      case 'hosts':
        this.hosts.add(Number(key));
        return;
      case 'structures':
        this.#markHost(Number(key));
        return;
      case 'interfaces': {
        const slash = fact.owner.indexOf('/');
        const id = fact.owner.slice(slash + 1);
        const hosts = fact.owner.slice(0, slash) === 'structure' ? [id] : structures.by('foundation', id);
        for (const host of hosts) this.#markHost(Number(host));
        return;
      }
      case 'addresses':
        if (fact.holder !== null) this.hosts.add(fact.holder);
        this.#markAddress(key);
        return;
      case 'blocks':
        this.blocks = true;
        this.markBlock(key);
        return;
      case 'links':
        this.markBlock(fact.block);
    }
  }

  /** Notes the hosts of a site. */
  markSite(site: FactKey): void {
    for (const host of this.#facts.hosts.by('site', String(site))) this.hosts.add(Number(host));
  }

  /** Notes who has addresses of a block. */
  markBlock(block: FactKey): void {
    for (const address of this.#facts.addresses.by('block', Number(block))) this.#markAddress(address);
  }

  #markHost(id: number): void {
    this.hosts.add(id);
    for (const address of this.#facts.addresses.by('holder', id)) this.#markAddress(address);
  }

  /** Notes who has an address, and who has one that points to it. */
  #markAddress(address: FactKey): void {
    const { addresses } = this.#facts;
    const seen = new Set([address]);
    for (const key of seen) {
      const holder = addresses.get(key)?.holder;
      if (holder != null) this.hosts.add(holder);
      for (const pointing of addresses.by('pointer', Number(key))) seen.add(pointing);
    }
  }
}
