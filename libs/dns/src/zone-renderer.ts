import { pauseBetweenSlices } from '#kernel';
import type { Domain, Domains } from './domains.ts';
import { domainsOf } from './domains.ts';
import type { PlacedEntries } from './entry-records.ts';
import { domainsAround, placeEntries } from './entry-records.ts';
import type { FactChange, FactKey, Facts, FactTable } from './facts.ts';
import { isSameFact, noFacts } from './facts.ts';
import { forwardZone } from './forward-zone.ts';
import type { HostRecords, ReverseRecords } from './host-records.ts';
import { hostRecords, withoutRecords } from './host-records.ts';
import { nameFault, relativeTo } from './dns-name.ts';
import type { NameServer, NameServers } from './name-servers.ts';
import type { PlacedBlock } from './outer-blocks.ts';
import { placedBlocks } from './outer-blocks.ts';
import type { PartOfZone } from './reverse-cut.ts';
import { reverseZone } from './reverse-zone.ts';
import type { LeftOut, ZoneContent } from './zone-source.ts';

/** What zones say besides what rows do. */
export interface ZoneOptions {
  /** Ids of the hosts that serve the zones, the master first. */
  readonly nameServers: readonly number[];
  /** Whom to write to, as a name without the dot at the end; undefined: `hostmaster` of each zone. */
  readonly soaEmail: string | undefined;
}

/** The records of a host in its zone. */
interface PlacedHost extends HostRecords {
  readonly id: number;
  readonly zone: number;
}

interface ForwardState {
  readonly hosts: Set<number>;
  entries: PlacedEntries;
  content: ZoneContent | undefined;
}

interface ReverseState {
  readonly records: Map<number, readonly ReverseRecords[]>;
  /** The zone of the /24 that it is a piece of. */
  readonly part: PartOfZone | undefined;
  content: ZoneContent | undefined;
}

const NO_ENTRIES: PlacedEntries = { entries: [], aliases: new Set(), leftOut: [] };

/**
 * All zones, made of facts. It remembers what every host has, so a change of one fact renders the hosts again that it
 * concerns, and makes the texts anew of the zones that they are in. What comes out depends on the facts alone, and not on
 * the order they came in.
 */
export class ZoneRenderer {
  readonly #facts: Facts = noFacts();
  readonly #options: ZoneOptions;
  #domains: Domains = new Map();
  #zonesByName: ReadonlyMap<string, number> = new Map();
  #placed: ReadonlyMap<number, PlacedBlock> = new Map();
  #servers: NameServers = { servers: [], leftOut: [] };
  readonly #hosts = new Map<number, PlacedHost>();
  /** Hosts by the zone and the name they claim; the one with the lowest id has it. */
  readonly #claims = new Map<string, Set<number>>();
  readonly #claimOf = new Map<number, string>();
  readonly #forward = new Map<number, ForwardState>();
  readonly #reverse = new Map<string, ReverseState>();
  /** Zones that are pieces of others, by the others. */
  readonly #parts = new Map<string, Map<string, PartOfZone>>();
  readonly #dirtyHosts = new Set<number>();
  readonly #dirtyForward = new Set<number>();
  readonly #dirtyReverse = new Set<string>();
  #domainsChanged = false;
  #blocksChanged = false;

  constructor(options: ZoneOptions) {
    this.#options = options;
  }

  /** How many facts it knows. */
  get size(): number {
    return Object.values(this.#facts).reduce((sum, { size }) => sum + size, 0);
  }

  /** Takes facts over as they are now. */
  take(changes: readonly FactChange[]): void {
    for (const { kind, key, fact } of changes) {
      const table = this.#facts[kind] as FactTable<object>;
      const before = table.get(key);
      if (isSameFact(before, fact)) continue;
      table.set(key, fact);
      this.#mark({ kind, key, fact: before } as FactChange);
      this.#mark({ kind, key, fact } as FactChange);
    }
  }

  /** All zones by name. What has not changed is the very same as before. */
  async render(): Promise<ReadonlyMap<string, ZoneContent>> {
    const pause = pauseBetweenSlices();
    if (this.#domainsChanged) this.#readDomains();
    if (this.#blocksChanged) this.#readBlocks();
    for (const id of this.#dirtyHosts) this.#claim(id);
    for (const id of this.#dirtyHosts) {
      this.#renderHost(id);
      await pause();
    }
    this.#dirtyHosts.clear();
    this.#readServers();
    // What is noted meanwhile has its turn too.
    for (const id of this.#dirtyForward) this.#place(id);
    for (const id of this.#dirtyForward) {
      this.#renderForward(id);
      await pause();
    }
    this.#dirtyForward.clear();
    for (const name of this.#dirtyReverse) this.#enterPart(name);
    for (const name of this.#dirtyReverse) {
      this.#renderReverse(name);
      await pause();
    }
    this.#dirtyReverse.clear();
    const contents = [...this.#forward.values(), ...this.#reverse.values()].flatMap(({ content }) => content ?? []);
    return new Map(contents.map((content) => [content.name, content]));
  }

  /** Notes what a fact concerns. */
  #mark({ kind, key, fact }: FactChange): void {
    const { addresses, structures, sites } = this.#facts;
    switch (kind) {
      case 'zones':
        this.#domainsChanged = true;
        this.#dirtyForward.add(Number(key));
        return;
      case 'entries':
        if (fact?.zone === null) for (const id of this.#domains.keys()) this.#dirtyForward.add(id);
        else if (fact) this.#dirtyForward.add(fact.zone);
        return;
      case 'sites':
        this.#markSite(String(key));
        // An address may lie in a block of another site of the zone.
        if (fact && fact.zone !== null) for (const site of sites.by('zone', fact.zone)) this.#markSite(String(site));
        return;
      case 'hosts':
        this.#dirtyHosts.add(Number(key));
        return;
      case 'structures':
        this.#markHost(Number(key));
        return;
      case 'interfaces': {
        if (!fact) return;
        const [owner = '', ...rest] = fact.owner.split('/');
        const id = rest.join('/');
        const hosts = owner === 'structure' ? [id] : structures.by('foundation', id);
        for (const host of hosts) this.#markHost(Number(host));
        return;
      }
      case 'addresses':
        if (fact?.holder != null) this.#dirtyHosts.add(fact.holder);
        this.#markAddress(key);
        return;
      case 'blocks':
        this.#blocksChanged = true;
        for (const address of addresses.by('block', Number(key))) this.#markAddress(address);
        return;
      case 'links':
        if (fact) for (const address of addresses.by('block', fact.block)) this.#markAddress(address);
    }
  }

  #markSite(site: string): void {
    for (const host of this.#facts.hosts.by('site', site)) this.#dirtyHosts.add(Number(host));
  }

  #markHost(id: number): void {
    this.#dirtyHosts.add(id);
    for (const address of this.#facts.addresses.by('holder', id)) this.#markAddress(address);
  }

  /** Notes who has an address, and who has one that points to it. */
  #markAddress(address: FactKey): void {
    const { addresses } = this.#facts;
    const seen = new Set([address]);
    for (const key of seen) {
      const holder = addresses.get(key)?.holder;
      if (holder != null) this.#dirtyHosts.add(holder);
      for (const pointing of addresses.by('pointer', Number(key))) seen.add(pointing);
    }
  }

  #markServed(): void {
    for (const id of this.#domains.keys()) this.#dirtyForward.add(id);
    for (const name of this.#reverse.keys()) this.#dirtyReverse.add(name);
  }

  #readDomains(): void {
    this.#domainsChanged = false;
    const before = this.#domains;
    this.#domains = domainsOf(this.#facts.zones);
    this.#zonesByName = new Map(
      [...this.#domains.values()].flatMap(({ id, name, fault }) => (fault === undefined ? [[name, id] as const] : [])),
    );
    for (const id of new Set([...before.keys(), ...this.#domains.keys()])) {
      const [old, now] = [before.get(id), this.#domains.get(id)];
      const cuts = [old, now].map((domain) => [...(domain?.cuts ?? [])]);
      if (old?.name !== now?.name || old?.fault !== now?.fault) {
        for (const site of this.#facts.sites.by('zone', id)) this.#markSite(String(site));
      } else {
        for (const cut of new Set(cuts.flat())) {
          if (old?.cuts.has(cut) === now?.cuts.has(cut)) continue;
          for (const host of this.#claims.get(claimKey(id, cut)) ?? []) this.#dirtyHosts.add(host);
          this.#dirtyForward.add(id);
        }
        continue;
      }
      this.#dirtyForward.add(id);
    }
  }

  #readBlocks(): void {
    this.#blocksChanged = false;
    const before = this.#placed;
    this.#placed = placedBlocks(this.#facts.blocks);
    for (const [id, { outer }] of this.#placed) {
      const old = before.get(id)?.outer;
      if (old?.first === outer.first && old.prefix === outer.prefix) continue;
      for (const address of this.#facts.addresses.by('block', id)) this.#markAddress(address);
    }
  }

  /** Notes the name a host claims; whoever claims it too, or did, is rendered again. */
  #claim(id: number): void {
    const host = this.#facts.hosts.get(id);
    const zone = host && this.#zoneOf(host.site);
    const claim = zone ? claimKey(zone.id, host.hostname) : undefined;
    const before = this.#claimOf.get(id);
    if (claim === before) return;
    for (const key of [before, claim]) {
      if (key === undefined) continue;
      const ids = this.#claims.get(key) ?? new Set();
      if (key === claim) ids.add(id);
      else ids.delete(id);
      if (ids.size > 0) this.#claims.set(key, ids);
      else this.#claims.delete(key);
      for (const other of ids) this.#dirtyHosts.add(other);
    }
    if (claim === undefined) this.#claimOf.delete(id);
    else this.#claimOf.set(id, claim);
  }

  #zoneOf(site: string): Domain | undefined {
    const zone = this.#facts.sites.get(site)?.zone ?? null;
    const domain = zone === null ? undefined : this.#domains.get(zone);
    return domain?.fault === undefined ? domain : undefined;
  }

  #renderHost(id: number): void {
    const before = this.#hosts.get(id);
    const records = this.#recordsOf(id);
    for (const one of [before, records]) {
      if (!one) continue;
      this.#dirtyForward.add(one.zone);
      for (const { cut } of one.reverse) this.#dirtyReverse.add(cut.zone);
    }
    if (before) {
      this.#forward.get(before.zone)?.hosts.delete(id);
      for (const { cut } of before.reverse) this.#reverse.get(cut.zone)?.records.delete(id);
    }
    if (!records) {
      this.#hosts.delete(id);
      return;
    }
    this.#hosts.set(id, records);
    this.#stateOf(records.zone).hosts.add(id);
    for (const one of records.reverse) {
      const { zone, part } = one.cut;
      let state = this.#reverse.get(zone);
      if (!state) this.#reverse.set(zone, (state = { records: new Map(), part, content: undefined }));
      state.records.set(id, [...(state.records.get(id) ?? []), one]);
    }
  }

  #recordsOf(id: number): PlacedHost | undefined {
    const host = this.#facts.hosts.get(id);
    const domain = host && this.#zoneOf(host.site);
    if (!domain) return undefined;
    const { hostname } = host;
    const what = `${this.#facts.structures.get(id) ? 'Structure' : 'Networked'} ${id}`;
    const without = (reason: string) => ({ ...withoutRecords(hostname, what, reason), id, zone: domain.id });
    if (domain.cuts.has(hostname)) return without(`${hostname}.${domain.name} is a zone of its own`);
    const first = Math.min(...(this.#claims.get(claimKey(domain.id, hostname)) ?? [id]));
    if (first !== id) return without(`the host ${first} has the same name in this zone`);
    return { ...hostRecords({ facts: this.#facts, placed: this.#placed }, id, host, domain), id, zone: domain.id };
  }

  #stateOf(zone: number): ForwardState {
    let state = this.#forward.get(zone);
    if (!state) {
      state = { hosts: new Set(), entries: NO_ENTRIES, content: undefined };
      this.#forward.set(zone, state);
    }
    return state;
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
    const isSame =
      isSameFact(this.#servers.leftOut, leftOut) &&
      this.#servers.servers.length === servers.length &&
      servers.every((server, n) => {
        const old = this.#servers.servers[n];
        return old?.name === server.name && old.domain === server.domain && old.address === server.address;
      });
    if (isSame) return;
    this.#servers = { servers, leftOut };
    this.#markServed();
  }

  /** Gives the entries of a zone their places; where names that lead to others have changed, others may have to say so. */
  #place(id: number): void {
    const domain = this.#domains.get(id);
    if (!domain || domain.fault !== undefined) {
      if (this.#forward.get(id)?.entries.aliases.size) this.#markTargets();
      return;
    }
    const state = this.#stateOf(id);
    const { entries } = this.#facts;
    const own = [...entries.by('zone', id), ...entries.by('zone', null)].flatMap((key) => {
      const fact = entries.get(key);
      return fact ? [{ id: Number(key), fact }] : [];
    });
    const before = state.entries;
    state.entries = placeEntries(own, domain, (name) => this.#hasHost(id, name));
    if (!isSameSet(before.aliases, state.entries.aliases)) this.#markTargets();
  }

  /** Notes zones with entries whose targets may have become names that lead to others, or are none any more. */
  #markTargets(): void {
    for (const [id, { entries }] of this.#forward) {
      if (entries.entries.some(({ target }) => target !== undefined)) this.#dirtyForward.add(id);
    }
  }

  #hasHost(zone: number, name: string): boolean {
    const host = name.slice(name.lastIndexOf('.') + 1);
    for (const id of this.#claims.get(claimKey(zone, host)) ?? []) {
      if (this.#hosts.get(id)?.names.has(name)) return true;
    }
    return false;
  }

  #renderForward(id: number): void {
    const domain = this.#domains.get(id);
    if (!domain || domain.fault !== undefined) {
      this.#forward.delete(id);
      return;
    }
    const state = this.#stateOf(id);
    const hosts = Array.from(state.hosts, (host) => this.#hosts.get(host)!).sort(byName);
    state.content = forwardZone(
      {
        domain,
        hosts,
        entries: state.entries,
        servers: this.#servers,
        contact: this.#contactOf(domain.name),
        isAlias: (name) => this.#isAlias(name),
      },
      state.content,
    );
  }

  /** Whether a name is one of ours that only leads to another one. */
  #isAlias(name: string): boolean {
    for (const around of domainsAround(name)) {
      const zone = this.#zonesByName.get(around);
      if (zone === undefined) continue;
      return this.#forward.get(zone)?.entries.aliases.has(relativeTo(name, around)) ?? false;
    }
    return false;
  }

  /** Enters a zone that is a piece of another one with that one, as long as there is something in it. */
  #enterPart(name: string): void {
    const state = this.#reverse.get(name);
    if (!state?.part) return;
    const { zone } = state.part;
    const parts = this.#parts.get(zone) ?? new Map<string, PartOfZone>();
    if (parts.has(name) === state.records.size > 0) return;
    if (state.records.size > 0) parts.set(name, state.part);
    else parts.delete(name);
    if (parts.size > 0) this.#parts.set(zone, parts);
    else this.#parts.delete(zone);
    if (!this.#reverse.has(zone)) this.#reverse.set(zone, { records: new Map(), part: undefined, content: undefined });
    this.#dirtyReverse.add(zone);
  }

  #renderReverse(name: string): void {
    const state = this.#reverse.get(name);
    if (!state) return;
    const parts = [...(this.#parts.get(name)?.values() ?? [])];
    if (state.records.size === 0 && parts.length === 0) {
      this.#reverse.delete(name);
      return;
    }
    const zone = { name, records: [...state.records.values()].flat(), parts };
    state.content = reverseZone({ ...zone, servers: this.#servers, contact: this.#contactOf(name) }, state.content);
  }

  /** Whom to write to about a zone, with a dot at the end. */
  #contactOf(zone: string): string {
    const own = `hostmaster.${zone}`;
    return `${this.#options.soaEmail ?? (nameFault(own, 'host') === undefined ? own : 'hostmaster.invalid')}.`;
  }
}

const claimKey = (zone: number, hostname: string): string => `${zone}/${hostname}`;

const byName = (one: PlacedHost, other: PlacedHost): number =>
  one.hostname < other.hostname ? -1 : one.hostname > other.hostname ? 1 : one.id - other.id;

const isSameSet = (one: ReadonlySet<string>, other: ReadonlySet<string>): boolean =>
  one.size === other.size && [...one].every((item) => other.has(item));
