import type { Timers } from '#directory';
import { nameFault } from './dns-name.ts';
import type { FactTable, ZoneFact } from './facts.ts';

/** A zone with its domain. */
export interface Domain {
  readonly id: number;
  /** Without the dot at the end. */
  readonly name: string;
  readonly timers: Timers;
  /** The names, seen from this zone, that are zones of their own. */
  readonly cuts: ReadonlySet<string>;
  /** Why there is no such zone in DNS; undefined: there is. */
  readonly fault: string | undefined;
}

/** The domains of all zones, by id. */
export type Domains = ReadonlyMap<number, Domain>;

/** Works out the domain of every zone. Of zones with the same domain, the one with the lowest id has it. */
export function domainsOf(zones: FactTable<ZoneFact>): Domains {
  const named = new Map<
    number,
    { readonly name: string; readonly fact: ZoneFact; readonly fault: string | undefined }
  >();
  const byName = new Map<string, number>();
  for (const [key, fact] of [...zones.entries()].sort(([one], [other]) => Number(one) - Number(other))) {
    const id = Number(key);
    const name = domainOf(zones, fact);
    const there = byName.get(name);
    const fault = nameFault(name, 'host') ?? (there === undefined ? undefined : `the zone ${there} is ${name} too`);
    named.set(id, { name, fact, fault });
    if (fault === undefined) byName.set(name, id);
  }
  const cuts = new Map<number, Set<string>>();
  for (const name of byName.keys()) {
    const [label = '', ...around] = name.split('.');
    const parent = byName.get(around.join('.'));
    if (parent === undefined) continue;
    const within = cuts.get(parent);
    if (within) within.add(label);
    else cuts.set(parent, new Set([label]));
  }
  return new Map(
    Array.from(named, ([id, { name, fact, fault }]) => [
      id,
      { id, name, timers: fact.timers, cuts: cuts.get(id) ?? new Set(), fault },
    ]),
  );
}

function domainOf(zones: FactTable<ZoneFact>, fact: ZoneFact): string {
  const labels: string[] = [];
  const seen = new Set<ZoneFact>();
  for (let at: ZoneFact | undefined = fact; at && !seen.has(at);) {
    seen.add(at);
    labels.push(at.name);
    at = at.parent === null ? undefined : zones.get(at.parent);
  }
  return labels.join('.');
}

/** The cut of a zone that a name, seen from the zone, is at or below; undefined: it is in the zone itself. */
export function cutAround(cuts: ReadonlySet<string>, name: string): string | undefined {
  const last = name.slice(name.lastIndexOf('.') + 1);
  return cuts.has(last) ? last : undefined;
}
