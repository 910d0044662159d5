import type { IpAddress } from '#ipam';
import { formatAddress, isIpv4 } from '#ipam';
import type { Domain } from './domains.ts';
import { nameFault } from './dns-name.ts';
import type { AddressFact, HostFact } from './facts.ts';
import { recordLine, txtData } from './record-text.ts';
import type { Lookup, Resolved } from './resolve-address.ts';
import { resolveAddress } from './resolve-address.ts';
import type { ReverseCut } from './reverse-cut.ts';
import { reverseCut } from './reverse-cut.ts';
import type { LeftOut } from './zone-source.ts';

/** What one host has in a zone, and in reverse zones. */
export interface HostRecords {
  readonly hostname: string;
  /** Lines by the kind of their records, each kind in order. */
  readonly lines: { readonly A: readonly string[]; readonly AAAA: readonly string[]; readonly TXT: readonly string[] };
  /** Names with addresses, seen from the zone. */
  readonly names: ReadonlySet<string>;
  readonly reverse: readonly ReverseRecords[];
  /** The name and the address it has as a name server; or why it can be none. */
  readonly server: { readonly name: string; readonly address: IpAddress } | string;
  readonly leftOut: readonly LeftOut[];
}

/** What stands in a reverse zone for an address of a host. */
export interface ReverseRecords {
  readonly cut: ReverseCut;
  /** Lines by the kind of their records. */
  readonly PTR: string;
  readonly TXT: string | undefined;
}

/** Why a host has nothing in its zone. */
export function withoutRecords(hostname: string, what: string, reason: string): HostRecords {
  const leftOut = [{ host: hostname, what, reason }];
  const lines = { A: [], AAAA: [], TXT: [] };
  return { hostname, lines, names: new Set(), reverse: [], server: reason, leftOut };
}

/**
 * The records of a host: each address under the name of its interface (`eth0.web1`, `v30.eth1-2.web1`), the primary one
 * and the one of the other family beside it under that of the host too, with what it stands on; and the way back from each
 * address. What is not fit for DNS is left out, and the rest stays.
 */
export function hostRecords(lookup: Lookup, id: number, host: HostFact, domain: Domain): HostRecords {
  const { facts } = lookup;
  const { hostname } = host;
  const structure = facts.structures.get(id);
  const what = `${structure ? 'Structure' : 'Networked'} ${id}`;
  const fault = nameFault(`${hostname}.${domain.name}`, 'host');
  if (fault !== undefined) return withoutRecords(hostname, what, fault);

  const lines = { A: [] as string[], AAAA: [] as string[], TXT: [] as string[] };
  const names = new Set<string>();
  /** Names with the type of their records: IPv4 and IPv6 may have one name. */
  const taken = new Set<string>();
  const reverse: ReverseRecords[] = [];
  const leftOut: LeftOut[] = [];
  let server: HostRecords['server'] = 'it has no primary address';
  const add = (name: string, type: 'A' | 'AAAA', address: string): void => {
    names.add(name);
    taken.add(`${type} ${name}`);
    lines[type].push(recordLine(name, type, address));
  };
  const held = addressesOf(lookup, id);
  /** The primary address, where it is fit for DNS; it comes first. */
  let main: { readonly fact: AddressFact; readonly type: 'A' | 'AAAA' } | undefined;
  for (const { key, fact } of held) {
    const leave = (reason: string): void => void leftOut.push({ host: hostname, what: `Address ${key}`, reason });
    const found = resolveAddress(lookup, fact, domain.id);
    if (typeof found === 'string') {
      leave(found);
      if (fact.primary) server = found;
      continue;
    }
    const name = `${addressName(fact, found)}.${hostname}`;
    const full = `${name}.${domain.name}`;
    const type = isIpv4(found.address) ? 'A' : 'AAAA';
    const address = formatAddress(found.address);
    const nameless =
      nameFault(full, 'host') ??
      (taken.has(`${type} ${name}`) ? `another address of the host is called ${name} too` : undefined);
    const named = fact.primary || (main !== undefined && main.type !== type && isBeside(fact, main.fact));
    if (named) add(hostname, type, address);
    if (fact.primary) {
      main = { fact, type };
      server = { name: nameless === undefined ? name : hostname, address: found.address };
    }
    if (nameless === undefined) {
      const beside = names.has(name);
      add(name, type, address);
      if (structure && !beside) lines.TXT.push(recordLine(name, 'TXT', txtData(structure.foundation)));
    } else {
      leave(nameless);
    }
    if (found.block && (named || nameless === undefined)) {
      const cut = reverseCut(found.address, found.block.outer);
      const back = named ? `${hostname}.${domain.name}` : full;
      reverse.push({
        cut,
        PTR: recordLine(cut.name, 'PTR', `${back}.`),
        TXT: nameless === undefined ? recordLine(cut.name, 'TXT', txtData(full)) : undefined,
      });
    }
  }
  if (held.length === 0) leftOut.push({ host: hostname, what, reason: 'it has no address' });
  else if (!held.some(({ fact }) => fact.primary)) {
    leftOut.push({ host: hostname, what, reason: 'it has no primary address' });
  }
  for (const ofType of Object.values(lines)) if (ofType.length > 1) ofType.sort();
  return { hostname, lines, names, reverse, server, leftOut };
}

/** The addresses of a host, its primary one first, the others by id. */
function addressesOf({ facts }: Lookup, id: number): { readonly key: number; readonly fact: AddressFact }[] {
  const found: { readonly key: number; readonly fact: AddressFact }[] = [];
  for (const key of facts.addresses.by('holder', id)) {
    const fact = facts.addresses.get(key);
    if (fact) found.push({ key: Number(key), fact });
  }
  return found.sort((one, other) => Number(other.fact.primary) - Number(one.fact.primary) || one.key - other.key);
}

/** Whether an address is the one of its interface, beside the primary one, which is there once for IPv4 and IPv6 each. */
const isBeside = ({ interfaceName, aliasIndex }: AddressFact, primary: AddressFact): boolean =>
  aliasIndex === null && interfaceName === primary.interfaceName;

/** How an address is called within its host. */
function addressName({ interfaceName, aliasIndex }: AddressFact, { vlan }: Resolved): string {
  const alias = aliasIndex === null ? '' : `-${aliasIndex}`;
  return `${vlan === null ? '' : `v${vlan}.`}${interfaceName ?? ''}${alias}`.toLowerCase();
}
