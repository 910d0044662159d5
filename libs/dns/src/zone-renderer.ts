import { pauseBetweenSlices } from '#kernel';
import { Concerned } from './concerned.ts';
import { nameFault } from './dns-name.ts';
import type { Domain, Domains } from './domains.ts';
import { domainsOf } from './domains.ts';
import type { FactChange, FactTable } from './facts.ts';
import { isSameFact, noFacts } from './facts.ts';
import type { PlacedHost } from './forward-zones.ts';
import { ForwardZones } from './forward-zones.ts';
import { HostClaims } from './host-claims.ts';
import { hostRecords, withoutRecords } from './host-records.ts';
import type { NameServer, NameServers } from './name-servers.ts';
import { isSameServers } from './name-servers.ts';
import type { PlacedBlock } from './outer-blocks.ts';
import { placedBlocks } from './outer-blocks.ts';
import { ReverseZones } from './reverse-zones.ts';
import type { LeftOut, ZoneContent } from './zone-source.ts';

/** What zones say besides what rows do. */
export interface ZoneOptions {
  /** Ids of the hosts that serve the zones, the master first. */
  readonly nameServers: readonly number[];
  /** Whom to write to, as a name without the dot at the end; undefined: `hostmaster` of each zone. */
  readonly soaEmail: string | undefined;
}

/**
 * All zones, made of facts. It remembers what every host has, so a change of one fact renders the hosts again that it
 * concerns, and makes the texts anew of the zones that they are in. What comes out depends on the facts alone, and not on
 * the order they came in.
 */
export class ZoneRenderer {
  readonly #options: ZoneOptions;
  readonly #facts = noFacts();
  readonly #concerned = new Concerned(this.#facts);
  readonly #claims = new HostClaims();
  readonly #hosts = new Map<number, PlacedHost>();
  readonly #forward = new ForwardZones();
  readonly #reverse = new ReverseZones();
  #domains: Domains = new Map();
  #placed: ReadonlyMap<number, PlacedBlock> = new Map();
  #servers: NameServers = { servers: [], leftOut: [] };

  constructor(options: ZoneOptions) {
    this.#options = options;
  }

  /** Takes facts over as they are now. */
  take(changes: readonly FactChange[]): void {
    for (const { kind, key, fact } of changes) {
      const table = this.#facts[kind] as FactTable<object>;
      const before = table.get(key);
      if (isSameFact(before, fact)) continue;
      table.set(key, fact);
      this.#concerned.mark({ kind, key, fact: before } as FactChange);
      this.#concerned.mark({ kind, key, fact } as FactChange);
    }
  }

  /** All zones by name. What has not changed is the very same as before. */
  async render(): Promise<ReadonlyMap<string, ZoneContent>> {
    const pause = pauseBetweenSlices();
    const { hosts, zones } = this.#concerned;
    if (this.#concerned.domains) this.#readDomains();
    if (this.#concerned.blocks) this.#readBlocks();
    for (const id of hosts) this.#claim(id);
    for (const id of hosts) {
      this.#renderHost(id);
      await pause();
    }
    hosts.clear();
    this.#readServers();
    if (this.#concerned.allZones) for (const id of this.#domains.keys()) zones.add(id);
    this.#concerned.allZones = false;
    const contactOf = (zone: string): string => this.#contactOf(zone);
    await this.#forward.render(zones, {
      facts: this.#facts,
      domains: this.#domains,
      servers: this.#servers,
      contactOf,
      isOfHost: (zone, name) => this.#isOfHost(zone, name),
      pause,
    });
    zones.clear();
    await this.#reverse.render(this.#servers, contactOf, pause);
    return new Map([...this.#forward.contents, ...this.#reverse.contents].map((content) => [content.name, content]));
  }

  #readDomains(): void {
    this.#concerned.domains = false;
    const before = this.#domains;
    this.#domains = domainsOf(this.#facts.zones);
    for (const id of new Set([...before.keys(), ...this.#domains.keys()])) {
      const [old, now] = [before.get(id), this.#domains.get(id)];
      if (old?.name !== now?.name || old?.fault !== now?.fault) {
        this.#concerned.zones.add(id);
        for (const site of this.#facts.sites.by('zone', id)) this.#concerned.markSite(site);
        continue;
      }
      for (const cut of new Set([...(old?.cuts ?? []), ...(now?.cuts ?? [])])) {
        if (old?.cuts.has(cut) === now?.cuts.has(cut)) continue;
        this.#concerned.zones.add(id);
        for (const host of this.#claims.of(id, cut)) this.#concerned.hosts.add(host);
      }
    }
  }

  #readBlocks(): void {
    this.#concerned.blocks = false;
    const before = this.#placed;
    this.#placed = placedBlocks(this.#facts.blocks);
    for (const [id, { outer }] of this.#placed) {
      const old = before.get(id)?.outer;
      if (old?.first !== outer.first || old.prefix !== outer.prefix) this.#concerned.markBlock(id);
    }
  }

  /** Notes the name a host wants; whoever wants it too, or wants the one it had, is rendered again. */
  #claim(id: number): void {
    const host = this.#facts.hosts.get(id);
    const domain = host && this.#domainOf(host.site);
    const others = this.#claims.claim(id, domain && { zone: domain.id, hostname: host.hostname });
    for (const other of others) this.#concerned.hosts.add(other);
  }

  #domainOf(site: string): Domain | undefined {
    const zone = this.#facts.sites.get(site)?.zone ?? null;
    const domain = zone === null ? undefined : this.#domains.get(zone);
    return domain?.fault === undefined ? domain : undefined;
  }

  #renderHost(id: number): void {
    const before = this.#hosts.get(id);
    const now = this.#recordsOf(id);
    for (const one of [before, now]) if (one) this.#concerned.zones.add(one.zone);
    this.#forward.put(id, before, now);
    this.#reverse.put(id, before, now);
    if (now) this.#hosts.set(id, now);
    else this.#hosts.delete(id);
  }

  #recordsOf(id: number): PlacedHost | undefined {
    const host = this.#facts.hosts.get(id);
    const domain = host && this.#domainOf(host.site);
    if (!domain) return undefined;
    const { hostname } = host;
    const place = { id, zone: domain.id };
    const without = (reason: string): PlacedHost => {
      const what = `${this.#facts.structures.get(id) ? 'Structure' : 'Networked'} ${id}`;
      return { ...withoutRecords(hostname, what, reason), ...place };
    };
    if (domain.cuts.has(hostname)) return without(`${hostname}.${domain.name} is a zone of its own`);
    const first = Math.min(id, ...this.#claims.of(domain.id, hostname));
    if (first !== id) return without(`the host ${first} has the same name in this zone`);
    return { ...hostRecords({ facts: this.#facts, placed: this.#placed }, id, host, domain), ...place };
  }

  #isOfHost(zone: number, name: string): boolean {
    const claims = this.#claims.of(zone, name.slice(name.lastIndexOf('.') + 1));
    return [...claims].some((id) => this.#hosts.get(id)?.names.has(name));
  }

  /** Reads again who serves the zones; where that has changed, all of them say so. */
  #readServers(): void {
    const servers: NameServer[] = [];
    const leftOut: LeftOut[] = [];
    for (const id of this.#options.nameServers) {
      const records = this.#hosts.get(id);
      const domain = records && this.#domains.get(records.zone);
      const host = this.#facts.hosts.get(id)?.hostname ?? null;
      const found = records?.server ?? (host === null ? 'there is no such host' : 'its site is in no DNS zone');
      if (typeof found === 'string') {
        leftOut.push({ host, what: `Networked ${id}`, reason: `it is no name server: ${found}` });
      } else if (domain) {
        servers.push({ name: `${found.name}.${domain.name}`, domain: domain.name, address: found.address });
      }
    }
    const read = { servers, leftOut };
    if (isSameServers(this.#servers, read)) return;
    this.#servers = read;
    this.#concerned.allZones = true;
    this.#reverse.changeAll();
  }

  /** Whom to write to about a zone, with a dot at the end. */
  #contactOf(zone: string): string {
    const own = `hostmaster.${zone}`;
    return `${this.#options.soaEmail ?? (nameFault(own, 'host') === undefined ? own : 'hostmaster.invalid')}.`;
  }
}
