import type { UnitOfWork } from '#kernel';
import { foundationInterfaces } from './foundation-interfaces.ts';
import { realInterface } from './real-interface.ts';

/** Deletes a real interface; its foundation is without it. */
export async function removeInterface(work: UnitOfWork, id: number): Promise<void> {
  const found = await work.load(realInterface, id);
  if (!('value' in found)) return;
  const { foundation } = found.value;
  await work.decide(foundationInterfaces, foundation, { type: 'DropInterface', data: { id } });
  if (found.stage === 'active') await work.decide(realInterface, id, { type: 'CloseRealInterface', data: {} });
  await work.decide(realInterface, id, { type: 'DeleteRealInterface', data: {} });
}

/** Deletes all real interfaces of a foundation. */
export async function removeInterfacesOf(work: UnitOfWork, foundation: string): Promise<void> {
  const held = await work.load(foundationInterfaces, foundation);
  for (const id of held.keys()) await removeInterface(work, id);
}
