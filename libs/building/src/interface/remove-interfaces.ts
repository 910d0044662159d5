import type { UnitOfWork } from '#kernel';
import { foundationInterfaces } from './foundation-interfaces.ts';
import { logicalInterface } from './logical-interface.ts';
import { madeOf, structureOn } from './members.ts';
import { realInterface } from './real-interface.ts';
import { structureInterfaces } from './structure-interfaces.ts';

/** Deletes a real interface; its foundation is without it, and so is what was made of it. */
export async function removeInterface(work: UnitOfWork, id: number): Promise<void> {
  const found = await work.load(realInterface, id);
  if (!('value' in found)) return;
  const { foundation } = found.value;
  await leaveAggregates(work, await structureOn(work, foundation), id);
  await work.decide(foundationInterfaces, foundation, { type: 'DropInterface', data: { id } });
  if (found.stage === 'active') await work.decide(realInterface, id, { type: 'CloseRealInterface', data: {} });
  await work.decide(realInterface, id, { type: 'DeleteRealInterface', data: {} });
}

/** Deletes all real interfaces of a foundation. */
export async function removeInterfacesOf(work: UnitOfWork, foundation: string): Promise<void> {
  const held = await work.load(foundationInterfaces, foundation);
  for (const id of held.keys()) await removeInterface(work, id);
}

/** Deletes a logical interface; its structure is without it, and so is what was made of it. */
export async function removeLogicalInterface(work: UnitOfWork, id: number): Promise<void> {
  const found = await work.load(logicalInterface, id);
  if (!('value' in found)) return;
  const { structure } = found.value;
  await work.decide(structureInterfaces, structure, { type: 'DropLogicalInterface', data: { id } });
  await leaveAggregates(work, structure, id);
  if (found.stage === 'active') await work.decide(logicalInterface, id, { type: 'CloseLogicalInterface', data: {} });
  await work.decide(logicalInterface, id, { type: 'DeleteLogicalInterface', data: {} });
}

/** Deletes all logical interfaces of a structure. */
export async function removeLogicalInterfacesOf(work: UnitOfWork, structure: number): Promise<void> {
  const held = await work.load(structureInterfaces, structure);
  for (const id of held.keys()) await removeLogicalInterface(work, id);
}

/** What an interface was the primary of goes with it; what it was a secondary of is without it. */
async function leaveAggregates(work: UnitOfWork, structure: number | undefined, id: number): Promise<void> {
  if (structure === undefined) return;
  // One that goes may take others along: it is looked anew after each.
  for (;;) {
    const [held] = await madeOf(work, structure, id);
    if (!held) return;
    if (held.primary === id) {
      await removeLogicalInterface(work, held.id);
      continue;
    }
    const secondaries = held.secondaries.filter((secondary) => secondary !== id);
    await work.decide(structureInterfaces, structure, {
      type: 'PutLogicalInterface',
      data: { ...held, secondaries },
    });
    await work.decide(logicalInterface, held.id, { type: 'ChangeLogicalInterface', data: { secondaries } });
  }
}
