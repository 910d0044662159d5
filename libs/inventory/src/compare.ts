import type { FoundationRow, FoundMachine, MachineReport } from '#building';
import { machineChanges } from '#building';
import { parseMac } from '#ipam';
import type { Json } from '#kernel';
import { writeJson } from '#kernel';
import type { ListedMachine } from '#platform';

/** A foundation of a complex, as far as looking at its machine takes it. */
export type LookedAt = Pick<FoundationRow, 'own' | 'builtAt' | 'job' | 'worked' | 'machine' | 'machineDrift'>;

/** A machine at a host that no foundation knows. */
export interface UnknownMachine {
  readonly id: string;
  readonly name: string;
  readonly power: string;
  /** Null: they are not known yet, or not told by its platform. */
  readonly macs: readonly string[] | null;
  /** Id of the task that made it; null: it carries no mark of one. */
  readonly task: string | null;
}

/** At most this many unknown machines of a complex are kept; how many there are is told. */
export const MAX_UNKNOWN = 500;

/** Ids as they are compared: platforms differ in how they write UUIDs. */
export const plainId = (id: Json | undefined): string | undefined =>
  typeof id === 'string' || typeof id === 'number' ? String(id).toLowerCase() : undefined;

const macsOf = ({ macs }: ListedMachine): readonly string[] | null =>
  macs && macs.flatMap((mac) => parseMac(mac) ?? []);

const foundOf = (machine: ListedMachine): FoundMachine => ({
  name: machine.name,
  power: machine.power,
  macs: macsOf(machine),
});

/** What a look has to go by. */
export interface Looked {
  /** The field with what the platform knows a machine by. */
  readonly machineId: string;
  /** Foundations of the complex by locator, before the platform was asked and after it has answered. */
  readonly before: ReadonlyMap<string, LookedAt>;
  readonly after: ReadonlyMap<string, LookedAt>;
  readonly listed: readonly ListedMachine[];
  /** Known MACs of the interfaces of foundations, by locator. */
  readonly macs: ReadonlyMap<string, readonly string[]>;
}

/**
 * What is to be told of machines: those that are not what is known of them, or are again, or are seen for the first time.
 * Foundations that a job was at work on while the platform was asked are left to the next look.
 */
export function reportsFrom({
  machineId,
  before,
  after,
  listed,
  macs,
}: Looked): (MachineReport & { locator: string })[] {
  const byId = new Map(listed.map((machine) => [plainId(machine.id), machine]));
  // Platforms do not tell the ids of machines that they cannot read just now.
  const unread = new Set(listed.filter((machine) => machine.id === '').map(({ name }) => name));
  return [...after].flatMap(([locator, row]) => {
    const earlier = before.get(locator);
    const id = plainId(row.own[machineId]);
    if (!earlier || id === undefined || id !== plainId(earlier.own[machineId])) return [];
    if (row.builtAt === null || earlier.builtAt === null || row.job || earlier.job) return [];
    if (row.worked !== earlier.worked) return [];
    const machine = byId.get(id);
    if (!machine && unread.has(row.machine?.name ?? locator)) return [];
    const found = machine ? foundOf(machine) : null;
    const known = macs.get(locator) ?? [];
    const changes = machineChanges(id, { known: row.machine, macs: known }, found);
    const isNew = writeJson(changes) !== writeJson(row.machineDrift?.changes ?? []);
    if (!isNew && !(found && !row.machine)) return [];
    return [{ locator, id, found, macs: known, worked: row.worked }];
  });
}

/** The machines of a host that no foundation knows, by name. */
export interface Unknown {
  readonly count: number;
  readonly machines: readonly UnknownMachine[];
}

/** Which foundations know machines of a host. */
export interface Knowing {
  readonly machineId: string;
  /** Foundations of all complexes at the host, by locator. */
  readonly foundations: ReadonlyMap<string, LookedAt>;
  /** What the look before has found. */
  readonly earlier: readonly UnknownMachine[];
}

/**
 * The machines that no foundation knows. One that is called as a foundation which a job is at work on is just being made or
 * destroyed; templates are no machines.
 */
export function unknownAmong(listed: readonly ListedMachine[], { machineId, foundations, earlier }: Knowing): Unknown {
  const known = new Set([...foundations.values()].map(({ own }) => plainId(own[machineId])));
  const told = new Map(earlier.map((machine) => [machine.id, machine.macs]));
  const machines = listed
    .filter(({ id, power }) => id !== '' && power !== 'template' && !known.has(plainId(id)))
    .filter(({ name }) => !foundations.get(name)?.job)
    .map((machine) => ({
      id: machine.id,
      name: machine.name,
      power: machine.power,
      macs: macsOf(machine) ?? told.get(machine.id) ?? null,
      task: machine.task,
    }))
    .toSorted((one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0));
  return { count: machines.length, machines: machines.slice(0, MAX_UNKNOWN) };
}
