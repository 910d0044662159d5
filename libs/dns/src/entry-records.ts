import { isIP } from 'node:net';
import type { Domain } from './domains.ts';
import { cutAround } from './domains.ts';
import { joined, nameFault } from './dns-name.ts';
import type { EntryFact } from './facts.ts';
import type { RecordType } from './record-text.ts';
import { recordLine, srvData, txtData } from './record-text.ts';
import type { LeftOut } from './zone-source.ts';

/** An entry that has its place in a zone. */
export interface PlacedEntry {
  readonly id: number;
  readonly type: RecordType;
  /** Seen from the zone. */
  readonly name: string;
  readonly line: string;
  /** The name that has to have addresses, without the dot at the end; undefined: none has to. */
  readonly target: string | undefined;
}

/** The entries of a zone. */
export interface PlacedEntries {
  readonly entries: readonly PlacedEntry[];
  /** Names that only lead to other names, seen from the zone. */
  readonly aliases: ReadonlySet<string>;
  readonly leftOut: readonly LeftOut[];
}

interface NumberedEntry {
  readonly id: number;
  readonly fact: EntryFact;
}

/**
 * Gives the entries of a zone, and those of all zones, their places. A CNAME is the only record of its name: where it is
 * not alone, what was there first stays, and hosts stay before all.
 * @param isOfHost whether a host has addresses under a name, seen from the zone
 */
export function placeEntries(
  entries: readonly NumberedEntry[],
  domain: Domain,
  isOfHost: (name: string) => boolean,
): PlacedEntries {
  const placed: PlacedEntry[] = [];
  const leftOut: LeftOut[] = [];
  const lines = new Set<string>();
  const aliases = new Set<string>();
  // The zone itself has its SOA.
  const others = new Set(['@']);
  for (const entry of inOrder(entries)) {
    const found = readEntry(entry, domain);
    const leave = (reason: string): void => void leftOut.push({ host: null, what: `Entry ${entry.id}`, reason });
    if (typeof found === 'string') {
      leave(found);
      continue;
    }
    const { type, name, line } = found;
    if (lines.has(line)) continue;
    const hasHost = isOfHost(name);
    if (type === 'CNAME') {
      // An entry of all zones says what a name leads to where nobody has it.
      if (entry.fact.zone === null && (hasHost || aliases.has(name))) continue;
      const taken = hasHost ? 'a host' : aliases.has(name) ? 'another CNAME' : others.has(name) ? 'another record' : '';
      if (taken) {
        leave(`the name ${name} has ${taken}, beside which there can be no CNAME`);
        continue;
      }
      aliases.add(name);
    } else {
      if (aliases.has(name)) {
        leave(`the name ${name} has a CNAME, beside which there can be no other record`);
        continue;
      }
      others.add(name);
    }
    lines.add(line);
    placed.push(found);
  }
  return { entries: placed, aliases, leftOut };
}

/** Those of the zone before those of all zones, each in the order they were made in. */
const inOrder = (entries: readonly NumberedEntry[]): readonly NumberedEntry[] =>
  entries.toSorted(
    (one, other) => Number(one.fact.zone === null) - Number(other.fact.zone === null) || one.id - other.id,
  );

/** The record of an entry, or why it is none. */
function readEntry({ id, fact }: NumberedEntry, domain: Domain): PlacedEntry | string {
  const { service } = fact;
  const { type, priority, weight, port } = service;
  const name = fact.name.toLowerCase();
  const full = joined(name, domain.name);
  const fault = nameFault(full, type === 'MX' ? 'host' : 'any');
  if (fault !== undefined) return fault;
  const cut = cutAround(domain.cuts, name);
  if (cut !== undefined) return `the name ${name} is in the zone ${cut}.${domain.name}`;
  const placed = (data: string, target?: string): PlacedEntry => ({
    id,
    type,
    name,
    line: recordLine(name, type, data),
    target,
  });
  if (type === 'TXT') return placed(txtData(fact.target));
  if (isIP(fact.target.replace(/\.$/, '')) !== 0) return `its target ${fact.target} is an address, and is to be a name`;
  const target = targetOf(fact.target, domain.name);
  const bad = target === '' ? undefined : nameFault(target, type === 'CNAME' ? 'any' : 'host');
  if (bad !== undefined) return `its target: ${bad}`;
  if (type === 'CNAME') return target === '' ? 'its target: a CNAME cannot lead to the root' : placed(`${target}.`);
  if (priority === null) return 'it has no priority';
  if (type === 'MX') return placed(`${priority} ${target}.`, target);
  if (weight === null || port === null) return 'it has no weight or no port';
  return placed(srvData(priority, weight, port, `${target}.`), target);
}

/** The whole name of a target, without the dot at its end; without one it is seen from the zone. */
function targetOf(given: string, domain: string): string {
  const target = given.toLowerCase();
  return target.endsWith('.') ? target.slice(0, -1) : joined(target, domain);
}

/** The domains a name may be in, the innermost first. */
export function domainsAround(name: string): readonly string[] {
  const labels = name.split('.');
  return labels.map((_, n) => labels.slice(n).join('.'));
}
