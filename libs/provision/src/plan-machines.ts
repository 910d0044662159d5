import { blueprintLayers } from '#blueprint';
import {
  addMemberships,
  complexFor,
  foundation,
  foundationInterfaces,
  HOSTNAME,
  hostName,
  MAX_MEMBERS,
  MAX_OWNER,
} from '#building';
import { addressBlock } from '#ipam';
import type { UnitOfWork } from '#kernel';
import { pauseBetweenSlices } from '#kernel';
import type { View } from '#read-store';
import type { IdSource } from './bulk-ids.ts';
import { MachineFaults } from './machine-faults.ts';
import type { ProvisionPlan } from './machine-plan.ts';
import { rememberingView } from './machine-view.ts';
import { placementFor } from './placement.ts';
import type { Common, Machine, Planned, Planning, WantedMachines } from './plan-machine.ts';
import { planMachine } from './plan-machine.ts';
import { readTogether } from './read-together.ts';

/** The longest host name and locator. */
const MAX_NAME = 100;

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
  await readTogether(reads);
}

const declaresSomething = async (view: View, blueprint: string): Promise<boolean> =>
  (await blueprintLayers(view, blueprint)).declarations.size > 0;

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
  const most = Math.min(MAX_MEMBERS, found.maxMembers ?? MAX_MEMBERS);
  const free = Math.max(0, most - found.members.length);
  if (structures.length > free) {
    const text = `complex "${name}" has ${found.members.length} members and room for ${free} more, and ${structures.length} are to be added: it has at most ${most}`;
    work.fault('member_of', 'TOO_MANY', text);
    return;
  }
  const members: { readonly structure: number; readonly membership: number }[] = [];
  for (const structure of structures) members.push({ structure, membership: await ids.next('complexStructure') });
  await addMemberships(work, name, members, { complex: 'member_of', structure: 'member_of' });
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
