import { send } from '../api/request.ts';

interface Zone {
  readonly id: number;
  readonly name: string;
  readonly parent: number | null;
}

/** How many zones are looked through for those that are there. */
const MAX_ZONES = 1000;

/** The id of the zone of a domain, made with those it is in where they are not there; null where no domain is named. */
export async function zoneFor(domain: string): Promise<number | null> {
  const labels = domain.split('.').filter(Boolean).toReversed();
  if (labels.length === 0) return null;
  const { body: known } = await send<{ readonly items: readonly Zone[] }>('GET', '/Directory/Zone', {
    query: { count: MAX_ZONES },
  });
  let parent: number | null = null;
  for (const name of labels) {
    const found: Zone | undefined = known.items.find((zone) => zone.name === name && zone.parent === parent);
    parent = found?.id ?? (await makeZone(name, parent));
  }
  return parent;
}

const makeZone = async (name: string, parent: number | null): Promise<number> =>
  (await send<Zone>('POST', '/Directory/Zone', { body: { name, parent } })).body.id;
