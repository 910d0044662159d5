import type { HostRecords, ReverseRecords } from './host-records.ts';
import type { NameServers } from './name-servers.ts';
import type { PartOfZone } from './reverse-cut.ts';
import { reverseZone } from './reverse-zone.ts';
import type { ZoneContent } from './zone-source.ts';

interface ReverseState {
  /** By host. */
  readonly records: Map<number, readonly ReverseRecords[]>;
  /** The zone of the /24 that it is a piece of. */
  readonly part: PartOfZone | undefined;
  content: ZoneContent | undefined;
}

/** All reverse zones: those of which a host has an address. */
export class ReverseZones {
  readonly #states = new Map<string, ReverseState>();
  /** Zones that are pieces of others, by the others. */
  readonly #parts = new Map<string, Map<string, PartOfZone>>();
  readonly #changed = new Set<string>();

  get contents(): readonly ZoneContent[] {
    return Array.from(this.#states.values()).flatMap(({ content }) => content ?? []);
  }

  /** Puts what a host has in the place of what it had. */
  put(id: number, before: HostRecords | undefined, now: HostRecords | undefined): void {
    for (const { cut } of before?.reverse ?? []) {
      this.#states.get(cut.zone)?.records.delete(id);
      this.#changed.add(cut.zone);
    }
    for (const one of now?.reverse ?? []) {
      const { zone, part } = one.cut;
      const { records } = this.#stateOf(zone, part);
      records.set(id, [...(records.get(id) ?? []), one]);
      this.#changed.add(zone);
    }
  }

  /** Notes that what stands in all of them has changed. */
  changeAll(): void {
    for (const name of this.#states.keys()) this.#changed.add(name);
  }

  /** Makes the zones anew that have changed. */
  async render(servers: NameServers, contactOf: (zone: string) => string, pause: () => Promise<void>): Promise<void> {
    // A piece changes the zone around it, which has its turn behind it.
    for (const name of this.#changed) this.#enterPart(name);
    for (const name of this.#changed) {
      const state = this.#states.get(name);
      if (!state) continue;
      const parts = [...(this.#parts.get(name)?.values() ?? [])];
      if (state.records.size === 0 && parts.length === 0) {
        this.#states.delete(name);
        continue;
      }
      const records = [state, ...[...(this.#parts.get(name)?.keys() ?? [])].map((part) => this.#states.get(part))]
        .flatMap((one) => [...(one?.records.values() ?? [])])
        .flat();
      state.content = reverseZone({ name, records, parts, servers, contact: contactOf(name) }, state.content);
      await pause();
    }
    this.#changed.clear();
  }

  #stateOf(name: string, part: PartOfZone | undefined): ReverseState {
    let state = this.#states.get(name);
    if (!state) this.#states.set(name, (state = { records: new Map(), part, content: undefined }));
    return state;
  }

  /** Enters a zone that is a piece of another one with that one, as long as there is something in it; that one says the same. */
  #enterPart(name: string): void {
    const state = this.#states.get(name);
    if (!state?.part) return;
    const { zone } = state.part;
    const parts = this.#parts.get(zone) ?? new Map<string, PartOfZone>();
    if (state.records.size > 0) parts.set(name, state.part);
    else parts.delete(name);
    if (parts.size > 0) this.#parts.set(zone, parts);
    else this.#parts.delete(zone);
    this.#stateOf(zone, undefined);
    this.#changed.add(zone);
  }
}
