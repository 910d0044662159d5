import { foundations, realInterfaces, structures } from '#building';
import { addresses, findAddress } from '#ipam';
import type { View } from '#read-store';
import type { Evidence } from './evidence.ts';

/** How many foundations are looked at that the same evidence speaks for; two are too many already. */
const ENOUGH = 8;

const MAC = /^mac:/;

/** The foundations that an evidence speaks for, in these rows. */
export async function findFoundations(view: View, { kind, value }: Evidence): Promise<readonly string[]> {
  if (kind === 'link') return withInterface(view, { link: value });
  if (kind === 'identity') return withIdentity(view, value);
  if (kind === 'config_uuid') {
    const { rows } = await view.list(structures, { where: { configUuid: value }, count: ENOUGH });
    return rows.map(({ row }) => row.foundation);
  }
  const id = await findAddress(view, value, null);
  const row = id === undefined ? undefined : await view.get(addresses, id);
  const on = row?.holder == null ? undefined : await view.get(structures, row.holder);
  return on ? [on.foundation] : [];
}

async function withIdentity(view: View, value: string): Promise<readonly string[]> {
  const { keys } = await view.keys(foundations, { where: { identity: value }, count: ENOUGH });
  // Of a machine that has never reported, its MACs may be known.
  if (keys.length > 0 || !MAC.test(value)) return keys.map(String);
  return withInterface(view, { mac: value.replace(MAC, '') });
}

async function withInterface(view: View, where: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const { rows } = await view.list(realInterfaces, { where, count: ENOUGH });
  return rows.map(({ row }) => row.foundation);
}
