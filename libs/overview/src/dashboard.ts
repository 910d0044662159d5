import type { Shaped } from '#api';
import { shape } from '#api';
import { foundations, structures } from '#building';
import { holds, jobs, subcontractors, waves } from '#foreman';
import { utilisationOf, utilisationShape } from '#ipam';
import { refuse } from '#kernel';
import type { ReadModel, View, Where } from '#read-store';
import { sitesWithin } from '#site';

/** How many sites may be within one. */
const MAX_SITES = 10_000;
/** How many subcontractors are looked at, and how many that are gone are named. */
const MAX_SUBCONTRACTORS = 10_000;
const MAX_GONE = 20;
/** Where a subcontractor serves that serves every site. */
const EVERY_SITE = '*';

const countsShape = shape.record({
  total: shape.count(),
  states: shape.byKey(shape.count(), 'How many are in each state.'),
});

/** What is there, in numbers. */
export const dashboardShape = shape.record({
  at: shape.text('When it was looked at, ISO 8601.'),
  site: shape.textOrNull('Null: everywhere.'),
  foundations: shape.orNull(countsShape),
  structures: shape.orNull(countsShape),
  jobs: shape.orNull(
    shape.record({
      total: shape.count(),
      states: shape.byKey(shape.count(), 'How many are in each state.'),
      slow: shape.count('How many are at a step that takes much longer than it usually does.'),
      held: shape.count('How many holds are open.'),
    }),
  ),
  waves: shape.orNull(countsShape),
  addresses: shape.orNull(utilisationShape),
  subcontractors: shape.orNull(
    shape.record({
      present: shape.count(),
      modules: shape.byKey(shape.count(), 'How many that are there serve each module.'),
      gone: shape.list(
        shape.record({
          id: shape.text(),
          agent: shape.text(),
          site: shape.textOrNull('Null: it served every site.'),
          since: shape.text(),
          modules: shape.list(shape.text()),
        }),
        `The last ${MAX_GONE} that are gone.`,
      ),
    }),
  ),
});

export interface DashboardOptions {
  /** Null: everywhere. */
  readonly site: string | null;
  /** The sites that may be told of; undefined: all. */
  readonly bound: readonly string[] | undefined;
  /** Whether the caller has a permission. */
  readonly sees: (permission: string) => boolean;
  /** ISO 8601. */
  readonly now: string;
}

/** The sites that are meant; undefined: all of them. @throws Refusal where there are too many */
async function sitesMeant(
  view: View,
  { site, bound }: Pick<DashboardOptions, 'site' | 'bound'>,
): Promise<readonly string[] | undefined> {
  if (site === null) return bound;
  const found = await sitesWithin(view, site, MAX_SITES);
  if (found.length > MAX_SITES) throw refuse('site', 'TOO_MANY', `${site} has more than ${MAX_SITES} sites within it`);
  return bound ? found.filter((one) => bound.includes(one)) : found;
}

/** What is there, in numbers; each part null where the caller may not see it. */
export async function dashboardOf(view: View, options: DashboardOptions): Promise<Shaped<typeof dashboardShape>> {
  const { site, sees, now } = options;
  const at = await sitesMeant(view, options);
  const where: Where = at ? { site: { any: at } } : {};
  const ifSeen = async <T>(permission: string, make: () => Promise<T>): Promise<T | null> =>
    sees(permission) ? make() : null;
  const [ofFoundations, ofStructures, ofJobs, ofWaves, addresses, agents] = await Promise.all([
    ifSeen('Building.view_foundation', () => countsIn(view, foundations, where, 'state')),
    ifSeen('Building.view_structure', () => countsIn(view, structures, where, 'state')),
    ifSeen('Foreman.view_basejob', () => jobsIn(view, where, at)),
    // Waves belong to no site: who is bound to some is told of none.
    options.bound ? null : ifSeen('Foreman.view_wave', () => countsIn(view, waves, {}, 'stage')),
    ifSeen('Utilities.view_addressblock', () => utilisationOf(view, at)),
    ifSeen('SubContractor.view_subcontractor', () => subcontractorsAt(view, at)),
  ]);
  return {
    at: now,
    site,
    foundations: ofFoundations,
    structures: ofStructures,
    jobs: ofJobs,
    waves: ofWaves,
    addresses,
    subcontractors: agents,
  };
}

async function countsIn(view: View, rows: ReadModel, where: Where, by: string): Promise<Shaped<typeof countsShape>> {
  const states: Record<string, number> = {};
  for (const { values, count } of await view.tally(rows, { where, by: [by] })) states[values[0] ?? ''] = count;
  return { total: Object.values(states).reduce((sum, n) => sum + n, 0), states };
}

async function jobsIn(view: View, where: Where, at: readonly string[] | undefined) {
  const slowly: Where = at ? { slow: { any: at } } : {};
  const [counts, slow, held] = await Promise.all([
    countsIn(view, jobs, where, 'stage'),
    view.tally(jobs, { where: slowly, by: ['slow'] }),
    view.keys(holds, { where, count: 0 }),
  ]);
  const isSlow = slow.reduce((sum, { values: [site], count }) => sum + (site === null ? 0 : count), 0);
  return { ...counts, slow: isSlow, held: held.total };
}

async function subcontractorsAt(view: View, at: readonly string[] | undefined) {
  const where: Where = at ? { site: { any: [...at, EVERY_SITE] } } : {};
  const { rows } = await view.list(subcontractors, { where, count: MAX_SUBCONTRACTORS });
  const there = rows.filter(({ row }) => row.present);
  const modules = new Map<string, number>();
  for (const { row } of there) {
    for (const name of Object.keys(row.modules)) modules.set(name, (modules.get(name) ?? 0) + 1);
  }
  return {
    present: there.length,
    modules: Object.fromEntries(modules),
    gone: rows
      .filter(({ row }) => !row.present)
      .toSorted((one, other) => (one.row.since < other.row.since ? 1 : -1))
      .slice(0, MAX_GONE)
      .map(({ key, row: { agent, site, since, modules: served } }) => ({
        id: String(key),
        agent,
        site,
        since,
        modules: Object.keys(served).toSorted(),
      })),
  };
}
