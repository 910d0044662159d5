import type { ComplexRow } from '#building';
import { reachOfComplex, realInterfaces, ReportMachines } from '#building';
import type { Clock, CommandGateway, EventStore } from '#event-store';
import { CommandContext } from '#event-store';
import type { Foreman } from '#foreman';
import type { JsonMap } from '#kernel';
import type { ServerHalf } from '#platform';
import { LIST_MS, LIST_TASK, listedMachines } from '#platform';
import type { Key, ReadStore, View } from '#read-store';
import type { UnknownMachine } from './compare.ts';
import { reportsFrom, unknownAmong } from './compare.ts';
import type { HostKind } from './hosts.ts';
import { foundationsOf, sharingHost, valueOrAny } from './hosts.ts';
import type { MachineLook } from './look-ledger.ts';

/** How long it waits for the read models to show what has happened. */
const TIMEOUT_MS = 10_000;
/** How much longer than its task an answer is waited for: it may wait for an agent. */
const WAITING_MS = 60_000;
/** How many machines are told of in one append. */
const BATCH = 50;
/** Of how many foundations interfaces are read at once. */
const MAX_FOUNDATIONS = 1000;
/** Of how many unknown machines the MACs are asked for by one look, where that takes a call for each. */
const MAX_MACS_OF = 50;

/** What looking works with. */
export interface LookContext {
  readonly foreman: Pick<Foreman, 'ask'>;
  readonly platforms: readonly ServerHalf[];
  readonly store: Pick<EventStore, 'head'>;
  readonly reads: Pick<ReadStore, 'now'> & { readonly projector: Pick<ReadStore['projector'], 'caughtUp'> };
  readonly clock: Pick<Clock, 'now'>;
  readonly gateway: Pick<CommandGateway, 'execute'>;
}

/** The complex that is looked at. */
export interface LookedComplex {
  readonly name: string;
  readonly row: ComplexRow;
  readonly kind: HostKind;
  /** What was found before. */
  readonly earlier: MachineLook | undefined;
}

/**
 * Looks which machines the host of a complex has, by one question to an agent, and tells foundations of theirs.
 * @param signal aborts when nobody waits any more
 * @returns what was found @throws Error where the host can not be asked, or does not answer as it has to
 */
export async function lookAtComplex(
  { name, row, kind, earlier }: LookedComplex,
  context: LookContext,
  signal: AbortSignal,
): Promise<Omit<MachineLook, 'at'>> {
  const { foreman, platforms, reads, gateway, clock } = context;
  const { module, complexType, foundationType } = kind;
  const { machineId } = foundationType;
  await readable(context);
  const reach = await reachOfComplex(
    reads.now,
    name,
    row,
    platforms.flatMap(({ complexTypes = [] }) => complexTypes),
  );
  if (!reach) throw new Error(`complex "${name}" says not how it is reached`);
  if ('fault' in reach) throw new Error(reach.fault);
  const before = await foundationsOf(reads.now, [name]);
  const unknown = earlier?.unknown ?? [];
  const parameters: JsonMap = { ...complexType.lists(reach.connection), macs_of: [...withoutMacs(unknown)] };
  const question = { site: row.site, module, function: LIST_TASK, parameters, timeoutMs: LIST_MS + WAITING_MS, signal };
  const listed = listedMachines(await foreman.ask(question));
  await readable(context);
  const sharing = await foundationsOf(reads.now, await sharingHost(reads.now, name, row));
  const after = new Map([...sharing].filter(([, { complex }]) => complex === name));
  const macs = await macsOf(reads.now, [...after.keys()]);
  const reports = reportsFrom({ machineId, before, after, listed, macs });
  for (let n = 0; n < reports.length; n += BATCH) {
    await gateway.execute(new ReportMachines(reports.slice(n, n + BATCH)), CommandContext.system(clock.now()));
  }
  const found = unknownAmong(listed, { machineId, foundations: sharing, earlier: unknown });
  return { fault: null, machines: listed.length, unknownCount: found.count, unknown: found.machines };
}

async function readable({ reads, store }: LookContext): Promise<void> {
  if (!(await reads.projector.caughtUp(await store.head(), TIMEOUT_MS))) throw new Error('the read models are late');
}

const withoutMacs = (unknown: readonly UnknownMachine[]): readonly string[] =>
  unknown
    .filter(({ macs }) => macs === null)
    .slice(0, MAX_MACS_OF)
    .map(({ id }) => id);

/** Known MACs of the interfaces of foundations, by locator. */
async function macsOf(view: View, locators: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const macs = new Map<Key, string[]>(locators.map((locator) => [locator, []]));
  for (let n = 0; n < locators.length; n += MAX_FOUNDATIONS) {
    const where = { foundation: valueOrAny(locators.slice(n, n + MAX_FOUNDATIONS)) };
    for (const { row } of (await view.list(realInterfaces, { where })).rows) {
      if (row.mac !== null) macs.get(row.foundation)?.push(row.mac);
    }
  }
  return macs as ReadonlyMap<string, readonly string[]>;
}
