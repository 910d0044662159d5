import {
  defineFoundation,
  defineInterfaces,
  defineStructure,
  foundationInterfaces,
  foundationTarget,
  structureTarget,
} from '#building';
import type { ConfigOwner } from '#config';
import type { JobTarget } from '#foreman';
import { createJob } from '#foreman';
import { address, addressBlock, allocateAddress, formatAddress, nextOffset, subnetOfBlock } from '#ipam';
import type { Holders } from '#ipam';
import type { Fault, JsonMap, UnitOfWork } from '#kernel';
import { Refusal } from '#kernel';
import type { FoundationType, ServerHalf } from '#platform';
import type { View } from '#read-store';
import type { IdSource } from './bulk-ids.ts';
import type { MachinePlan, PlannedAddress, PlannedInterface, PlannedJob } from './machine-plan.ts';
import { machineView } from './machine-view.ts';
import type { Placement, Wanted } from './placement.ts';

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

/** A machine by what it and its foundation are called. */
export interface Machine {
  readonly hostname: string;
  readonly locator: string;
}

/** What is found out of a machine besides what it is: the same for all, but asked of each. */
export interface Common {
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
export interface Planned {
  readonly plan: MachinePlan;
  readonly structure: number;
  /** Whether there was no address left for it. */
  readonly lacks: boolean;
  readonly warnings: readonly Fault[];
}

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
  await defineFoundation(work, locator, { ...placement.foundation, site, idMap: null }, { secrets, request });
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
    const wanted = {
      target: id,
      script,
      creator: planning.creator,
      id: await planning.ids.next('job'),
      now: planning.now,
    };
    made.push({ target: target.kind, script, job: await createJob(work, target, wanted) });
  }
  return made;
}

/** Plans one machine on a fork of the work; what is wrong with it is told, and then the fork is nothing. */
export async function planMachine(
  work: UnitOfWork,
  machine: Machine,
  common: Common,
): Promise<Planned | readonly Fault[]> {
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
    const view = machineView(common.base, work, { at: planning.now, actor: planning.creator });
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
