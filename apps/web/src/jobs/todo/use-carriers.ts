import { useQuery } from '@tanstack/react-query';
import { keys } from '../../api/query-keys.ts';
import { pathOf, send } from '../../api/request.ts';
import { mayUse, useSession } from '../../api/session.ts';
import { MAX_ROWS } from '../../list/use-whole-list.ts';
import { familyOf, kindsOf } from '../../model/models.ts';
import type { Model, Row } from '../../model/types.ts';
import type { Carrier } from './todo.ts';

const FAMILY = 'Building/Foundation';
const PAGE = 1000;

/** The kinds of foundations that complexes carry: each with the field that names the complex. */
const carried: readonly (readonly [model: Model, field: string, complex: string])[] = kindsOf(FAMILY).flatMap((model) =>
  Object.entries(model.fields).flatMap(([name, { type, model: refersTo }]) =>
    type === 'reference' && refersTo !== undefined && familyOf(refersTo) === 'Building/Complex'
      ? [[model, name, refersTo] as const]
      : [],
  ),
);

interface ListPage {
  readonly items: readonly Row[];
  readonly total: number;
}

/** Which complex carries which foundation, by their locators. @throws Problem */
async function readCarriers(
  site: string | undefined,
  may: (permission: string | undefined) => boolean,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Carrier>> {
  const found = new Map<string, Carrier>();
  for (const [model, field, complex] of carried) {
    if (!may(model.can.list)) continue;
    const where = site === undefined ? {} : { filter: 'site', site };
    for (let position = 0; position < MAX_ROWS; position += PAGE) {
      const query = { ...where, count: PAGE, position };
      const { items, total } = (await send<ListPage>('GET', pathOf(model.path), { query, signal })).body;
      for (const row of items) {
        const id = row[field];
        if (typeof id === 'string') found.set(String(row['locator']), { model: complex, id });
      }
      if (position + items.length >= total) break;
    }
  }
  return found;
}

const NONE: ReadonlyMap<string, Carrier> = new Map();

/** Which complex carries which foundation of a site, or of all sites. */
export function useCarriers(site: string | undefined): ReadonlyMap<string, Carrier> {
  const session = useSession();
  const { data } = useQuery({
    queryKey: keys.list(FAMILY, { carriers: site ?? null }),
    queryFn: ({ signal }) => readCarriers(site, (permission) => mayUse(session, permission), signal),
  });
  return data ?? NONE;
}
