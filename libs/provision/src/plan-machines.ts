import { blueprintLayers } from '#blueprint';
import {
  addMemberships,
  complexFor,
  defineFoundation,
  defineInterfaces,
  defineStructure,
  foundation,
  foundationInterfaces,
  foundationTarget,
  HOSTNAME,
  hostName,
  MAX_MEMBERS,
  MAX_OWNER,
  structureTarget,
} from '#building';
import type { ConfigOwner } from '#config';
import type { JobTarget } from '#foreman';
import { createJob } from '#foreman';
import { address, addressBlock, allocateAddress, formatAddress, nextOffset, subnetOfBlock } from '#ipam';
import type { Holders } from '#ipam';
import type { Fault, JsonMap, UnitOfWork } from '#kernel';
import { pauseBetweenSlices, Refusal } from '#kernel';
import type { FoundationType, ServerHalf } from '#platform';
import type { View } from '#read-store';
import type { IdSource } from './bulk-ids.ts';
import { MachineFaults } from './machine-faults.ts';
import type { MachinePlan, PlannedAddress, PlannedInterface, PlannedJob, ProvisionPlan } from './machine-plan.ts';
import { machineView, rememberingView } from './machine-view.ts';
import type { Placement, Wanted } from './placement.ts';
import { placementFor } from './placement.ts';

/** Machines that are wanted: what they are, and what they are called. */
export interface WantedMachines extends Wanted {
  readonly names: readonly string[];
  /** What the foundations are called; `{name}` stands for the name of the machine. */
  readonly locator: string;
  readonly configValues: JsonMap;
  readonly labels: JsonMap;
  readonly owner: string | null;
  /** The complex whose members the structures become. */
  readonly memberOf: string | null;
  /** Whether create jobs are made. */
  readonly jobs: boolean;
  /** The sites whose networks may be used; undefined: all. */
  readonly sites: readonly string[] | undefined;
}

/** What planning works with. */
export interface Planning {
  readonly view: View;
  readonly platforms: readonly ServerHalf[];
  readonly holders: Holders;
  readonly ids: IdSource;
  readonly secrets: ConfigOwner['secrets'];
  readonly request: string;
  /** Who asks. */
  readonly creator: string;
  /** ISO 8601 with microseconds. */
  readonly now: string;
}

/** The longest host name and locator. */
const MAX_NAME = 100;
/** How many streams are read together. */
const READ_TOGETHER = 500;

interface Machine {
  readonly hostname: string;
  readonly locator: string;
}

/** What is found out of a machine besides what it is: the same for all, but asked of each. */
interface Common {
  readonly wanted: WantedMachines;
  readonly placement: Placement;
  readonly planning: Planning;
  readonly types: readonly FoundationType[];
  /** Rows that are there. */
  readonly base: View;
  /** By the kind of target: whether something is declared of the configuration, which is then held against that. */
  readonly declares: Readonly<Record<'Foundation' | 'Structure', boolean>>;
}

/** What became of one machine. */
interface Planned {
  readonly plan: MachinePlan;
  readonly structure: number;
  /** Whether there was no address left for it. */
  readonly lacks: boolean;
  readonly warnings: readonly Fault[];
}

const LOCATOR_NAME = '{name}';

/** What the machines are called; what is wrong with that is noted. */
function machinesOf(work: UnitOfWork, { names, locator }: WantedMachines): readonly Machine[] {
  if (!locator.includes(LOCATOR_NAME)) {
    work.fault(
      'locator',
      'INVALID_VALUE',
      `"${locator}" must hold ${LOCATOR_NAME}, which stands for the name of each machine`,
    );
  }
  const bad = names.filter((name) => !HOSTNAME.pattern.test(name) || name.length > MAX_NAME);
  const [first] = bad;
  if (first !== undefined) {
    work.fault('names', 'PATTERN', `"${first}" must be ${HOSTNAME.rule}, and at most ${MAX_NAME} long`, first);
  }
  const machines = names.map((hostname) => ({ hostname, locator: locator.replaceAll(LOCATOR_NAME, hostname) }));
  const long = machines.find((machine) => machine.locator.length > MAX_NAME);
  if (long) work.fault('locator', 'TOO_LONG', `"${long.locator}" must be at most ${MAX_NAME} characters long`);
  return machines;
}

/** Reads who has the names, many at a time: what is decided on them then waits for nothing. */
async function readNames(
  work: UnitOfWork,
  machines: readonly Machine[],
  site: string,
  zone: number | null,
): Promise<void> {
  const reads = machines.flatMap(({ hostname, locator }) => [
    () => work.load(foundation, locator),
    () => work.load(foundationInterfaces, locator),
    () => work.load(hostName, `site/${site}/${hostname}`),
    ...(zone === null ? [] : [() => work.load(hostName, `zone/${zone}/${hostname}`)]),
  ]);
  for (let at = 0; at < reads.length; at += READ_TOGETHER) {
    await Promise.all(reads.slice(at, at + READ_TOGETHER).map(async (read) => read()));
  }
}

const declaresSomething = async (view: View, blueprint: string): Promise<boolean> =>
  (await blueprintLayers(view, blueprint)).declarations.size > 0;

/** A target without a look at its configuration, where nothing is declared of it. */
function unchecked({ checkConfig: _, ...target }: JobTarget): JobTarget {
  return target;
}

/** Faults of a part of the work, be they noted or thrown. */
async function faultsIn(work: UnitOfWork, part: () => Promise<unknown>): Promise<readonly Fault[]> {
  const thrown: Fault[] = [];
  const noted = await work.faultsOf(async () => {
    try {
      await part();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      thrown.push(...error.faults);
    }
  });
  const seen = new Set(noted.map(({ text }) => text));
  return [...noted, ...thrown.filter(({ text }) => !seen.has(text))];
}

/** Makes the foundation, its interfaces and the structure on it. */
async function defineMachine(
  work: UnitOfWork,
  id: number,
  machine: Machine,
  common: Common,
): Promise<readonly PlannedInterface[]> {
  const { wanted, placement, planning } = common;
  const { hostname, locator } = machine;
  const { site, blueprint, labels, owner, configValues } = wanted;
  const { ids, secrets, request } = planning;
  await defineFoundation(work, locator, { ...placement.foundation, site, idMap: null });
  await defineInterfaces(work, ids, placement.interfaces, {
    foundation: locator,
    names: placement.interfaceNames,
    sites: wanted.sites,
  });
  const values = { hostname, site, blueprint, foundation: locator, config_values: configValues, labels, owner };
  await defineStructure(work, id, values, { secrets, request });
  const networks = placement.interfaces.map((map) => Number(map['network_id'] ?? 1));
  return [...(await work.load(foundationInterfaces, locator)).values()].map(({ name, provisioning }, n) => ({
    name,
    network: networks[n] ?? 1,
    provisioning,
  }));
}

/** Gives a machine the lowest free address. @returns undefined where there is none left; null where it gets none */
async function giveAddress(
  work: UnitOfWork,
  holder: number,
  { placement, planning }: Common,
): Promise<PlannedAddress | null | undefined> {
  const { block, addressInterface } = placement;
  if (block === null) return null;
  const { holders, now, ids } = planning;
  const found = await work.load(addressBlock, block);
  if (!('value' in found)) return null;
  if (nextOffset(found.value, now) === undefined) return undefined;
  const allotment = { holder, interfaceName: addressInterface, primary: true };
  const id = await allocateAddress(work, await ids.next('address'), { block, allotment }, { holders, now });
  const given = id === null ? undefined : await work.load(address, id);
  if (!given || !('value' in given) || given.value.offset === null) return null;
  const ip = formatAddress(subnetOfBlock(found.value).address + BigInt(given.value.offset));
  return { ip_address: ip, interface_name: addressInterface, address_block: block };
}

/** Makes the create jobs of a machine, that of the foundation first; or tells what would keep them from being made. */
async function createJobs(
  work: UnitOfWork,
  machine: { readonly locator: string; readonly structure: number; readonly view: View },
  { planning, types, declares }: Common,
): Promise<readonly PlannedJob[]> {
  const { locator, structure } = machine;
  const reads = { now: machine.view };
  const targets: readonly (readonly [JobTarget, string])[] = [
    [declares.Foundation ? foundationTarget(types, reads) : unchecked(foundationTarget(types, reads)), locator],
    [declares.Structure ? structureTarget(types, reads) : unchecked(structureTarget(types, reads)), String(structure)],
  ];
  const made: PlannedJob[] = [];
  for (const [target, id] of targets) {
    const script = 'create';
    const wanted = { target: id, script, creator: planning.creator, id: await planning.ids.next('job') };
    made.push({ target: target.kind, script, job: await createJob(work, target, wanted) });
  }
  return made;
}

/** Plans one machine on a fork of the work; what is wrong with it is told, and then the fork is nothing. */
async function planMachine(work: UnitOfWork, machine: Machine, common: Common): Promise<Planned | readonly Fault[]> {
  const { wanted, planning } = common;
  const structure = await planning.ids.next('networked');
  let interfaces: readonly PlannedInterface[] = [];
  let given: PlannedAddress | null | undefined;
  const faults = await faultsIn(work, async () => {
    interfaces = await defineMachine(work, structure, machine, common);
    given = await giveAddress(work, structure, common);
  });
  // That somebody stands on a foundation of the name is known by then.
  if (faults.length > 0) return faults.filter(({ field, code }) => field !== 'foundation' || code !== 'TAKEN');
  let jobs: readonly PlannedJob[] = [];
  const ofJobs = wanted.jobs ? work : work.fork();
  const against = await faultsIn(ofJobs, async () => {
    const view = machineView(common.base, work, planning.now);
    jobs = await createJobs(ofJobs, { locator: machine.locator, structure, view }, common);
  });
  if (wanted.jobs && against.length > 0) return against;
  const plan: MachinePlan = {
    hostname: machine.hostname,
    foundation: machine.locator,
    structure,
    interfaces,
    addresses: given ? [given] : [],
    jobs: wanted.jobs ? jobs : [],
  };
  return { plan, structure, lacks: given === undefined, warnings: wanted.jobs ? [] : against };
}

/** Notes that a block has fewer free addresses than are wanted. */
async function noteFull(work: UnitOfWork, block: number, wanted: number, lacking: number): Promise<void> {
  const found = await work.load(addressBlock, block);
  if (!('value' in found)) return;
  const { name, subnet, prefix } = found.value;
  const text = `address block ${block} "${name}" (${subnet}/${prefix}) has ${wanted - lacking} free addresses, and ${wanted} are needed`;
  work.fault('address_block', 'NO_OFFSETS', text);
}

/** The structures become members of a complex. */
async function join(work: UnitOfWork, name: string, structures: readonly number[], ids: IdSource): Promise<void> {
  const found = await complexFor(work, 'member_of', name);
  if (!found) return;
  const free = MAX_MEMBERS - found.members.length;
  if (structures.length > free) {
    const text = `complex "${name}" has ${found.members.length} members and room for ${free} more, and ${structures.length} are to be added: it has at most ${MAX_MEMBERS}`;
    work.fault('member_of', 'TOO_MANY', text);
    return;
  }
  const members: { readonly structure: number; readonly membership: number }[] = [];
  for (const structure of structures) members.push({ structure, membership: await ids.next('complexStructure') });
  await addMemberships(work, name, members);
}

/**
 * Plans machines in a unit of work: with it appended they are there, all of them; else nothing has happened. Everything
 * that is wrong is noted, what is wrong with many machines once.
 * @returns what is made, with ids
 * @throws Refusal where something is wrong
 */
export async function planMachines(
  work: UnitOfWork,
  wanted: WantedMachines,
  planning: Planning,
): Promise<ProvisionPlan> {
  const { view, platforms, ids } = planning;
  const machines = machinesOf(work, wanted);
  if ((wanted.owner?.length ?? 0) > MAX_OWNER) {
    work.fault('owner', 'TOO_LONG', `must be at most ${MAX_OWNER} characters long`);
  }
  const placement = await placementFor(work, view, platforms, wanted);
  if (wanted.memberOf !== null) await complexFor(work, 'member_of', wanted.memberOf);
  work.throwIfFaulted();
  if (!placement) throw new Error('nothing is known of where the machines go, and nothing is wrong');
  await readNames(work, machines, wanted.site, placement.zone);
  const base = rememberingView(view);
  const common: Common = {
    wanted,
    placement,
    planning,
    types: platforms.flatMap(({ foundationTypes }) => foundationTypes),
    base,
    declares: {
      Foundation: await declaresSomething(base, placement.foundation.blueprint),
      Structure: await declaresSomething(base, wanted.blueprint),
    },
  };
  const faults = new MachineFaults();
  const warnings = new MachineFaults();
  const planned: Planned[] = [];
  const pause = pauseBetweenSlices();
  for (const machine of machines) {
    const own = work.fork();
    const came = await planMachine(own, machine, common);
    if ('plan' in came) {
      work.absorb(own);
      planned.push(came);
      warnings.add(machine.hostname, came.warnings);
    } else {
      faults.add(machine.hostname, came);
    }
    await pause();
  }
  faults.noteIn(work);
  const lacking = planned.filter(({ lacks }) => lacks).length;
  if (lacking > 0 && placement.block !== null) await noteFull(work, placement.block, planned.length, lacking);
  if (wanted.memberOf !== null && faults.none) {
    await join(
      work,
      wanted.memberOf,
      planned.map(({ structure }) => structure),
      ids,
    );
  }
  work.throwIfFaulted();
  const { type, blueprint, complex = null } = placement.foundation;
  return {
    dry_run: false,
    site: wanted.site,
    blueprint: wanted.blueprint,
    foundation_type: type,
    foundation_blueprint: blueprint,
    complex,
    member_of: wanted.memberOf,
    machines: planned.map(({ plan }) => plan),
    warnings: warnings.texts,
  };
}

/** A plan of what would be made: nothing in it has an id. */
export const withoutIds = (plan: ProvisionPlan): ProvisionPlan => ({
  ...plan,
  dry_run: true,
  machines: plan.machines.map((machine) => ({
    ...machine,
    structure: null,
    jobs: machine.jobs.map((job) => ({ ...job, job: null })),
  })),
});
