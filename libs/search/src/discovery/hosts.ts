import { boundTo } from '#api';
import type { Selection } from '#building';
import { structures, whereOf, withinSites } from '#building';
import { domainOf } from '#directory';
import { addresses, derivedValues } from '#ipam';
import type { Json } from '#kernel';
import { pauseBetweenSlices, refuse } from '#kernel';
import type { Key, View } from '#read-store';
import { sites } from '#site';
import type { ReadAhead } from '../read-ahead.ts';
import { readAhead } from '../read-ahead.ts';
import type { Asked, Group } from '../recorder/groups.ts';
import { sharedAhead, structuresAhead } from '../recorder/groups.ts';
import { preparedDocument } from '../recorder/prepared-document.ts';

/** How many hosts one answer tells of, at most, and of how many configuration values of each. */
export const MAX_HOSTS = 20_000;
export const MAX_KEYS = 50;
/** Stands for all configuration values. */
export const ALL_KEYS = '*';
/** How many structures are worked on at a time. */
const SLICE = 250;

/** A structure as those are told of it who look after hosts. */
export interface Host {
  readonly id: number;
  readonly hostname: string;
  readonly fqdn: string | null;
  readonly site: string;
  readonly blueprint: string;
  readonly state: string;
  readonly foundation: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly owner: string | null;
  /** Its primary address, else the first. */
  readonly address: string | null;
  readonly addresses: readonly string[];
  /** The configuration values that were asked for, as far as it has them. */
  readonly values: Readonly<Record<string, Json>>;
}

/** Checks which configuration values are asked for. @throws Refusal */
export function checkedKeys(keys: readonly string[]): readonly string[] {
  if (keys.length > MAX_KEYS) throw refuse('key', 'TOO_MANY', `at most ${MAX_KEYS} keys may be asked for`);
  const wrong = keys.find((key) => key !== ALL_KEYS && !/^[a-zA-Z0-9_][a-zA-Z0-9_-]*$/.test(key));
  if (wrong !== undefined) throw refuse('key', 'PATTERN', `"${wrong}" is no name of a configuration value`);
  return keys;
}

/**
 * The structures of a selection that the caller may see, in the order of their ids; secrets are among no values.
 * @throws Refusal where they are too many
 */
export async function hostsOf(
  { configuration }: Pick<Group, 'configuration'>,
  selection: Selection,
  keys: readonly string[],
  view: View,
  asked: Asked,
): Promise<Host[]> {
  const where = withinSites(await whereOf('Structure', selection, view), boundTo(asked.caller));
  const { keys: ids, total } = await view.keys(structures, { where, count: MAX_HOSTS });
  if (total > MAX_HOSTS) {
    throw refuse(
      '',
      'TOO_MANY',
      `${total} structures are selected, and at most ${MAX_HOSTS} are told of; select less by site, blueprint, label or state`,
    );
  }
  const shared = sharedAhead(view);
  const pause = pauseBetweenSlices();
  const hosts: Host[] = [];
  for (let at = 0; at < ids.length; at += SLICE) {
    const ahead = readAhead(shared);
    const slice = ids.slice(at, at + SLICE);
    await structuresAhead(ahead, slice);
    for (const id of slice) {
      const host = await hostOf(ahead, id);
      if (!host) continue;
      const document = keys.length === 0 ? undefined : await configuration(ahead, id, asked);
      hosts.push(document ? { ...host, values: chosen(preparedDocument(id, document), keys) } : host);
      await pause();
    }
  }
  return hosts;
}

function chosen(document: Readonly<Record<string, Json>>, keys: readonly string[]): Readonly<Record<string, Json>> {
  const all = keys.includes(ALL_KEYS);
  // What the server says of every configuration, and when, is nobody's value.
  const isOwn = (key: string): boolean => !key.startsWith('__') && key !== '_id';
  return Object.fromEntries(
    Object.entries(document).filter(([key]) => (all && isOwn(key)) || (keys.includes(key) && key !== '_id')),
  );
}

async function hostOf(view: ReadAhead, id: Key): Promise<Host | undefined> {
  const row = await view.get(structures, id);
  if (!row) return undefined;
  const zone = (await view.get(sites, row.site))?.zone ?? null;
  const domain = await domainOf(view, zone);
  const { rows } = await view.list(addresses, { where: { holder: Number(id) } });
  const ordered = rows.toSorted(
    (one, other) =>
      Number(other.row.primary) - Number(one.row.primary) ||
      (one.row.aliasIndex ?? -1) - (other.row.aliasIndex ?? -1) ||
      Number(one.key) - Number(other.key),
  );
  const texts: string[] = [];
  for (const { row: held } of ordered) {
    const { ip_address: text } = await derivedValues(view, held);
    if (text !== null && !texts.includes(text)) texts.push(text);
  }
  return {
    id: Number(id),
    hostname: row.hostname,
    fqdn: domain === null ? null : `${row.hostname}.${domain}`,
    site: row.site,
    blueprint: row.blueprint,
    state: structures.indexes['state']?.(row) as string,
    foundation: row.foundation,
    labels: row.labels ?? {},
    owner: row.owner ?? null,
    address: texts[0] ?? null,
    addresses: texts,
    values: {},
  };
}
