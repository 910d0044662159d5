import { relativeTo } from './dns-name.ts';
import type { Domain, Domains } from './domains.ts';
import type { PlacedEntries } from './entry-records.ts';
import { domainsAround, placeEntries } from './entry-records.ts';
import type { Facts } from './facts.ts';
import { forwardZone } from './forward-zone.ts';
import type { HostRecords } from './host-records.ts';
import type { NameServers } from './name-servers.ts';
import type { ZoneContent } from './zone-source.ts';

/** The records of a host in its zone. */
export interface PlacedHost extends HostRecords {
  readonly id: number;
  readonly zone: number;
}

interface ForwardState {
  /** By id. */
  readonly hosts: Map<number, PlacedHost>;
  entries: PlacedEntries;
  content: ZoneContent | undefined;
}

const NO_ENTRIES: PlacedEntries = { entries: [], aliases: new Set(), leftOut: [] };

/** What all zones are rendered with. */
export interface ForwardContext {
  readonly facts: Facts;
  readonly domains: Domains;
  readonly servers: NameServers;
  readonly contactOf: (zone: string) => string;
  /** Whether a host of a zone has addresses under a name, seen from there. */
  readonly isOfHost: (zone: number, name: string) => boolean;
  readonly pause: () => Promise<void>;
}

/** The zones that people define. */
export class ForwardZones {
  readonly #states = new Map<number, ForwardState>();
  #idByName: ReadonlyMap<string, number> = new Map();

  get contents(): readonly ZoneContent[] {
    return Array.from(this.#states.values()).flatMap(({ content }) => content ?? []);
  }

  /** Puts what a host has in the place of what it had. */
  put(id: number, before: PlacedHost | undefined, now: PlacedHost | undefined): void {
    if (before) this.#states.get(before.zone)?.hosts.delete(id);
    if (now) this.#stateOf(now.zone).hosts.set(id, now);
  }

  /** Makes these zones anew, and those that have to say something else because of them. @param changed by id */
  async render(changed: Set<number>, context: ForwardContext): Promise<void> {
    const { domains, pause } = context;
    this.#idByName = new Map(
      [...domains.values()].flatMap(({ id, name, fault }) => (fault === undefined ? [[name, id] as const] : [])),
    );
    // Zones that are noted meanwhile have their turn too.
    for (const id of changed) {
      if (!this.#place(id, context)) continue;
      for (const [other, { entries }] of this.#states) {
        if (entries.entries.some(({ target }) => target !== undefined)) changed.add(other);
      }
    }
    for (const id of changed) {
      const domain = domains.get(id);
      if (domain && domain.fault === undefined) this.#renderZone(domain, context);
      else this.#states.delete(id);
      await pause();
    }
  }

  /** Gives the entries of a zone their places. @returns whether names that only lead to others have changed */
  #place(id: number, { facts: { entries }, domains, isOfHost }: ForwardContext): boolean {
    const domain = domains.get(id);
    if (!domain || domain.fault !== undefined) return (this.#states.get(id)?.entries.aliases.size ?? 0) > 0;
    const state = this.#stateOf(id);
    const own = [...entries.by('zone', id), ...entries.by('zone', null)].flatMap((key) => {
      const fact = entries.get(key);
      return fact ? [{ id: Number(key), fact }] : [];
    });
    const { aliases } = state.entries;
    state.entries = placeEntries(own, domain, (name) => isOfHost(id, name));
    return !isSameSet(aliases, state.entries.aliases);
  }

  #renderZone(domain: Domain, { servers, contactOf }: ForwardContext): void {
    const state = this.#stateOf(domain.id);
    state.content = forwardZone(
      {
        domain,
        hosts: [...state.hosts.values()].sort(byName),
        entries: state.entries,
        servers,
        contact: contactOf(domain.name),
        isAlias: (name) => this.#isAlias(name),
      },
      state.content,
    );
  }

  #stateOf(id: number): ForwardState {
    let state = this.#states.get(id);
    if (!state) this.#states.set(id, (state = { hosts: new Map(), entries: NO_ENTRIES, content: undefined }));
    return state;
  }

  /** Whether a name is one of ours that only leads to another one. */
  #isAlias(name: string): boolean {
    for (const around of domainsAround(name)) {
      const zone = this.#idByName.get(around);
      if (zone === undefined) continue;
      return this.#states.get(zone)?.entries.aliases.has(relativeTo(name, around)) ?? false;
    }
    return false;
  }
}

const byName = (one: PlacedHost, other: PlacedHost): number =>
  one.hostname < other.hostname ? -1 : one.hostname > other.hostname ? 1 : one.id - other.id;

const isSameSet = (one: ReadonlySet<string>, other: ReadonlySet<string>): boolean =>
  one.size === other.size && [...one].every((item) => other.has(item));
