import type { EntityRow, Key, View } from '#read-store';
import { entityRows } from '#read-store';
import type { Zone } from './zone.ts';
import { zone } from './zone.ts';

/** A zone as it is shown. */
export type ZoneRow = EntityRow<Zone>;

/** Zones by id. */
export const zones = entityRows(zone, {
  name: 'zones',
  version: 1,
  key: 'integer',
  indexes: { parent: ({ parent }) => parent },
});

/** The domain of a zone: `web.example.test`; null where there is no such zone. */
export async function domainOf(view: View, id: number | null): Promise<string | null> {
  const labels: string[] = [];
  for (let at = id; at !== null;) {
    const row: ZoneRow | undefined = await view.get(zones, at);
    if (!row) return labels.length > 0 ? labels.join('.') : null;
    labels.push(row.name);
    at = row.parent;
  }
  return labels.length > 0 ? labels.join('.') : null;
}

/** A zone and all zones within it. */
export async function zonesWithin(view: View, id: Key): Promise<Key[]> {
  const { rows } = await view.list(zones, { where: { parent: id } });
  const inner = await Promise.all(rows.map(({ key }) => zonesWithin(view, key)));
  return [id, ...inner.flat()];
}
