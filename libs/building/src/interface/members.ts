import type { UnitOfWork } from '#kernel';
import { foundation } from '../foundation.ts';
import { structure } from '../structure/structure.ts';
import { foundationInterfaces } from './foundation-interfaces.ts';
import type { LogicalInterface } from './logical-interface.ts';
import { logicalInterface } from './logical-interface.ts';
import { realInterface } from './real-interface.ts';
import type { HeldLogical } from './structure-interfaces.ts';
import { membersOf, structureInterfaces } from './structure-interfaces.ts';

const OWNER = 'must belong to the same foundation/structure as this interface';
const NETWORK = 'must belong to the same network as the primary_interface';

/** The network of an interface of a structure or of its foundation; undefined where it is of neither. */
async function networkOf(work: UnitOfWork, of: number, id: number): Promise<number | undefined> {
  if ((await work.load(structureInterfaces, of)).has(id)) {
    const found = await work.load(logicalInterface, id);
    return 'value' in found ? found.value.network : undefined;
  }
  const on = await work.load(structure, of);
  if (!('value' in on) || !(await work.load(foundationInterfaces, on.value.foundation)).has(id)) return undefined;
  const found = await work.load(realInterface, id);
  return 'value' in found ? found.value.network : undefined;
}

/** What an aggregated interface is made of is of its structure or of the foundation of it; secondaries share the network of the primary. */
export async function checkMembers(work: UnitOfWork, id: number, value: LogicalInterface): Promise<void> {
  const { kind, structure: of, primary, secondaries } = value;
  if (kind === 'Abstract' || primary === null) return;
  if (secondaries.includes(primary)) {
    work.fault('primary_interface', 'SECONDARY', 'primary can not be one of the secondaries');
  }
  if (membersOf(value).includes(id)) return;
  const network = await networkOf(work, of, primary);
  if (network === undefined) work.fault('primary_interface', 'OWNER', OWNER);
  for (const secondary of secondaries) {
    const its = await networkOf(work, of, secondary);
    if (its === undefined) work.fault('secondary_interfaces', 'OWNER', OWNER);
    else if (network !== undefined && its !== network) work.fault('secondary_interfaces', 'NETWORK', NETWORK);
    else continue;
    return;
  }
}

/** The interfaces of a structure that are made of one interface. */
export async function madeOf(work: UnitOfWork, of: number | undefined, id: number): Promise<readonly HeldLogical[]> {
  if (of === undefined) return [];
  return [...(await work.load(structureInterfaces, of)).values()].filter((held) => membersOf(held).includes(id));
}

/** The structure on a foundation; undefined where none is. */
export async function structureOn(work: UnitOfWork, locator: string): Promise<number | undefined> {
  const found = await work.load(foundation, locator);
  return 'value' in found ? found.value.structure : undefined;
}

const named = ({ id, name }: HeldLogical): string => `it is part of AggregatedNetworkInterface ${id} (${name})`;

/** An interface that others are made of stays with their owner: a fault of the field that would take it away. */
export async function checkStays(work: UnitOfWork, field: string, of: number | undefined, id: number): Promise<void> {
  const [aggregate] = await madeOf(work, of, id);
  if (aggregate) work.fault(field, 'IN_USE', named(aggregate));
}

/** What an aggregated interface is made of is in one network, also where the network of one is changed. */
export async function checkNetworkChange(
  work: UnitOfWork,
  of: number | undefined,
  id: number,
  network: number,
): Promise<void> {
  for (const aggregate of await madeOf(work, of, id)) {
    for (const member of membersOf(aggregate)) {
      if (member === id || (await networkOf(work, of!, member)) === network) continue;
      work.fault('network', 'IN_USE', `${named(aggregate)}, whose other interfaces are in another network`);
      return;
    }
  }
}

/** A structure that is put on another foundation leaves no interface behind that its own ones are made of. */
export async function checkLeavesNone(work: UnitOfWork, of: number): Promise<void> {
  const own = await work.load(structureInterfaces, of);
  const bound = [...own.values()].find((held) => membersOf(held).some((member) => !own.has(member)));
  if (!bound) return;
  const text = `AggregatedNetworkInterface ${bound.id} (${bound.name}) is made of interfaces of the foundation it is on`;
  work.fault('foundation', 'IN_USE', text);
}
