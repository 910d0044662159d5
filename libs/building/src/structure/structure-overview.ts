import type { Shaped } from '#api';
import { may, shape } from '#api';
import { jobs } from '#foreman';
import type { JobRow } from '#foreman';
import { addressBlocks, addresses, placeValues } from '#ipam';
import type { AddressRow } from '#ipam';
import type { Caller } from '#kernel';
import type { Key, View, Where } from '#read-store';
import type { TakenBy } from '../foundation.ts';
import { foundations, stateOf } from '../foundations.ts';
import { structures, structureState } from './structures.ts';

/** How many structures are told of at a time. */
export const MAX_OVERVIEW = 1000;

/** Structures at a glance: what they are, how they are, and what is being done to them. */
export const overviewShape = shape.record({
  structures: shape.list(
    shape.record({
      id: shape.count(),
      hostname: shape.text(),
      site: shape.text(),
      state: shape.text(),
      address: shape.textOrNull(
        'The primary address, or else the first; null too where the caller may not see addresses.',
      ),
      foundation: shape.text(),
      foundation_state: shape.textOrNull(),
      blueprint: shape.text(),
      job: shape.orNull(
        shape.record({
          id: shape.count(),
          on: shape.text('What it works on: Structure or Foundation.'),
          script: shape.textOrNull('What it runs; null where the caller may not see jobs, and of times that are past.'),
          state: shape.textOrNull(),
        }),
        'The job at work on it, or else on its foundation.',
      ),
    }),
  ),
  total: shape.count('How many there are in all.'),
});

export type Overview = Shaped<typeof overviewShape>;

/** The part of all structures that an overview tells of. */
interface Part {
  readonly where: Where;
  readonly skip: number;
  readonly count: number;
}

/** Tells of structures in the order of their ids, with what else is asked about them read once for all. */
export async function overviewOf(view: View, caller: Caller, { where, skip, count }: Part): Promise<Overview> {
  const { rows, total } = await view.list(structures, { where, skip, count });
  const [addressOf, standing] = await Promise.all([
    addressesOf(
      view,
      caller,
      rows.map(({ key }) => key),
    ),
    view.many(
      foundations,
      rows.map(({ row }) => row.foundation),
    ),
  ]);
  const jobAt = rows.map(({ row }) => jobOf(row.job, standing.get(row.foundation)?.job));
  const running = await jobsOf(
    view,
    caller,
    jobAt.flatMap((job) => job?.id ?? []),
  );
  return {
    structures: rows.map(({ key, row }, n) => {
      const foundation = standing.get(row.foundation);
      const job = jobAt[n];
      return {
        id: Number(key),
        hostname: row.hostname,
        site: row.site,
        state: structureState(row),
        address: addressOf.get(key) ?? null,
        foundation: row.foundation,
        foundation_state: foundation ? stateOf(foundation) : null,
        blueprint: row.blueprint,
        job: job ? { ...job, ...shownJob(running.get(job.id)) } : null,
      };
    }),
    total,
  };
}

interface AtWork {
  readonly id: number;
  readonly on: 'Structure' | 'Foundation';
}

function jobOf(own: TakenBy | null, below: TakenBy | null | undefined): AtWork | undefined {
  if (own) return { id: own.job, on: 'Structure' };
  return below ? { id: below.job, on: 'Foundation' } : undefined;
}

const shownJob = (row: JobRow | undefined) => ({
  script: row?.script ?? null,
  state: row?.stage ?? null,
});

/** What jobs are like, for callers that may see those of both kinds; of the past it is not told: each would be folded. */
async function jobsOf(view: View, caller: Caller, ids: readonly number[]): Promise<ReadonlyMap<Key, JobRow>> {
  const allowed = ['structurejob', 'foundationjob'].every((name) => may(caller, { grant: `Foreman.view_${name}` }));
  if (!allowed || ids.length === 0 || view.position !== undefined) return new Map();
  return view.many(jobs, ids);
}

/** The primary address of hosts, or else their first; those that take everything from another have none of their own. */
async function addressesOf(view: View, caller: Caller, hosts: readonly Key[]): Promise<ReadonlyMap<Key, string>> {
  if (hosts.length === 0 || !may(caller, { grant: 'Utilities.view_address' })) return new Map();
  const { rows } = await view.list(addresses, { where: { holder: { any: hosts.map(Number) } } });
  const chosen = new Map<number, AddressRow>();
  for (const { row } of rows) {
    if (row.holder === null || row.block === null) continue;
    if (row.primary || !chosen.has(row.holder)) chosen.set(row.holder, row);
  }
  const blocks = await view.many(addressBlocks, [...new Set([...chosen.values()].flatMap(({ block }) => block ?? []))]);
  return new Map(
    [...chosen].flatMap(([host, { block, offset }]) => {
      const { ip_address: address } = placeValues(block === null ? undefined : blocks.get(block), offset);
      return address === null ? [] : [[host, address] as const];
    }),
  );
}
