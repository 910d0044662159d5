import { foundations, networkeds, realInterfaces, seesConfigUuid, structures } from '#building';
import { domainOf } from '#directory';
import { jobs } from '#foreman';
import {
  addresses,
  blocksAround,
  formatAddress,
  InvalidAddress,
  offsetKey,
  parseAddress,
  subnetOfBlock,
  usedOffsets,
} from '#ipam';
import type { Caller } from '#kernel';
import type { Key, View, Where } from '#read-store';
import { NoHistory } from '#read-store';
import { sites } from '#site';
import type { Searchable } from './searchables.ts';
import { macDigits, searchables } from './searchables.ts';

/** How well something is matched; the smaller, the earlier it is shown. */
export const RANK = { exact: 0, carrier: 1, begins: 2, label: 3, value: 4 } as const;

/** Something that may be what is searched for. */
export interface Candidate {
  readonly model: string;
  readonly id: Key;
  readonly rank: number;
  /** What of it matched, in words, and how that is written; undefined: it is looked up in the object itself. */
  readonly by: string;
  readonly value?: string;
}

/** How many are looked at of each way to find something. */
export const MAX_CANDIDATES = 200;

const NAMED_BY: Readonly<Record<string, string>> = {
  'Building/Structure': 'host name',
  'Utilities/Networked': 'host name',
  'Utilities/RealNetworkInterface': 'MAC',
};
const ALIASES: Readonly<Record<string, string>> = {
  'Building/Structure': 'config_uuid',
  'Building/Foundation': 'serial number',
  'Utilities/AddressBlock': 'subnet',
};

const searched = async (view: View, where: Where): Promise<readonly Searchable[]> =>
  (await view.list(searchables, { where, count: MAX_CANDIDATES })).rows.map(({ row }) => row);

/** By a name, or its beginning. */
export async function byName(view: View, text: string): Promise<Candidate[]> {
  const found = [...(await searched(view, { name: text })), ...(await searched(view, { name: { startsWith: text } }))];
  return found.map(({ model, id, name }) => ({
    model,
    id,
    rank: name === text ? RANK.exact : RANK.begins,
    by: NAMED_BY[model] ?? 'name',
  }));
}

/** By a `config_uuid`, for those who may see it, a serial number, or the subnet of a block, or its beginning. */
export async function byAlias(view: View, text: string, caller: Caller): Promise<Candidate[]> {
  const found = await searched(view, { alias: { startsWith: text } });
  return found.flatMap(({ model, id, alias }) => {
    if (alias === null || (model === 'Building/Structure' && !seesConfigUuid(caller))) return [];
    return { model, id, rank: alias === text ? RANK.exact : RANK.begins, by: ALIASES[model] ?? 'name', value: alias };
  });
}

/** By a label, a value of a configuration or of a hardware report, as a whole. */
export async function byTerm(view: View, text: string): Promise<Candidate[]> {
  return (await searched(view, { term: text })).map(({ model, id, labels = [] }) =>
    labels.includes(text)
      ? { model, id, rank: RANK.label, by: 'label', value: text }
      : { model, id, rank: RANK.value, by: model === 'Building/Foundation' ? 'hardware report' : 'configuration' },
  );
}

/** By the full name of a host in its DNS zone, or the beginning of that. */
export async function byFqdn(view: View, text: string): Promise<Candidate[]> {
  const [hostname = ''] = text.split('.');
  if (hostname === '' || hostname === text) return [];
  const hosts = (await searched(view, { name: hostname })).filter(({ model }) => NAMED_BY[model] === 'host name');
  const found: Candidate[] = [];
  for (const { model, id } of hosts) {
    const host = model === 'Building/Structure' ? await view.get(structures, id) : await view.get(networkeds, id);
    const zone = host && (await view.get(sites, host.site))?.zone;
    const domain = zone === null || zone === undefined ? null : await domainOf(view, zone);
    const fqdn = `${hostname}.${domain}`;
    if (domain !== null && fqdn.startsWith(text)) {
      found.push({ model, id, rank: fqdn === text ? RANK.exact : RANK.begins, by: 'FQDN', value: fqdn });
    }
  }
  return found;
}

/** Text that may be a MAC, or its beginning: four digits and more, in any notation. */
const MAC = /^[0-9a-f]{2}(?:[:.-]?[0-9a-f])*[:.-]?$/i;
const MIN_MAC_DIGITS = 4;
/** Of so many interfaces it is told what they belong to. */
const MAX_CARRIERS = 10;

/** By the MAC of a network interface in any notation: the interface, its foundation, and the structure on that. */
export async function byMac(view: View, text: string): Promise<Candidate[]> {
  const digits = macDigits(text);
  if (!MAC.test(text) || digits.length < MIN_MAC_DIGITS) return [];
  const found = await searched(view, { name: { startsWith: digits } });
  const interfaces = found.filter(({ model }) => model === 'Utilities/RealNetworkInterface');
  const rows = await view.many(
    realInterfaces,
    interfaces.slice(0, MAX_CARRIERS).map(({ id }) => id),
  );
  const carriers = [...rows.values()].map(({ foundation, mac }) => ({ foundation, mac: mac ?? '' }));

  const below = await view.many(
    foundations,
    carriers.map(({ foundation }) => foundation),
  );
  return [
    ...interfaces.map(({ model, id, name }) => ({
      model,
      id,
      rank: name === digits ? RANK.exact : RANK.begins,
      by: 'MAC',
    })),
    ...carriers.flatMap(({ foundation, mac }): Candidate[] => {
      const match = { rank: macDigits(mac) === digits ? RANK.carrier : RANK.begins, by: 'MAC', value: mac };
      const structure = below.get(foundation)?.structure ?? null;
      return [
        { model: 'Building/Foundation', id: foundation, ...match },
        ...(structure === null ? [] : [{ model: 'Building/Structure', id: structure, ...match }]),
      ];
    }),
  ];
}

/** By an IP address: who has it, and the blocks it lies in; by a subnet: the blocks that begin there or hold it. */
export async function byAddress(view: View, text: string): Promise<Candidate[]> {
  const [, host = text] = /^(.+)\/\d{1,3}$/.exec(text) ?? [];
  let address: bigint;
  try {
    address = parseAddress(host);
  } catch (error) {
    if (error instanceof InvalidAddress) return [];
    throw error;
  }
  const written = formatAddress(address);
  const blocks = await blocksAround(view, address, null);
  const found: Candidate[] = [];
  for (const { id, row } of blocks) {
    const subnet = `${row.subnet}/${row.prefix}`;
    const isIt = subnet === text || subnet === `${written}/${text.slice(host.length + 1)}`;
    found.push({
      model: 'Utilities/AddressBlock',
      id,
      rank: isIt ? RANK.exact : RANK.carrier,
      by: 'block',
      value: subnet,
    });
    if (host !== text) continue;
    const used = await view.get(usedOffsets, offsetKey(id, address - subnetOfBlock(row).address));
    const held = used?.address == null ? undefined : await view.get(addresses, used.address);
    if (!used || !held) continue;
    found.push({ model: `Utilities/${held.kind}`, id: used.address!, rank: RANK.exact, by: 'address', value: written });
    if (held.holder === null) continue;
    const model = (await view.get(structures, held.holder)) ? 'Building/Structure' : 'Utilities/Networked';
    found.push({ model, id: held.holder, rank: RANK.exact, by: 'address', value: written });
  }
  return found;
}

/** By the id of a structure or of a job under way. */
export async function byId(view: View, text: string): Promise<Candidate[]> {
  const id = /^[1-9]\d{0,15}$/.test(text) ? Number(text) : NaN;
  if (!Number.isSafeInteger(id)) return [];
  const structure = await view.get(structures, id);
  const job = await view.get(jobs, id).catch((error: unknown) => {
    // Jobs under way are known as of now only.
    if (error instanceof NoHistory) return undefined;
    throw error;
  });
  return [
    ...(structure ? [{ model: 'Building/Structure', id, rank: RANK.exact, by: 'id', value: text }] : []),
    ...(job ? [{ model: `Foreman/${job.target.kind}Job`, id, rank: RANK.exact, by: 'job id', value: text }] : []),
  ];
}
