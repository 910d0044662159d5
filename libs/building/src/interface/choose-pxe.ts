import type { UnitOfWork } from '#kernel';
import { foundationInterfaces } from './foundation-interfaces.ts';
import { realInterface } from './real-interface.ts';

/** All real interfaces of a foundation boot this next; null: nothing in particular. @returns how many there are */
export async function choosePxe(work: UnitOfWork, foundation: string, pxe: string | null): Promise<number> {
  const held = await work.load(foundationInterfaces, foundation);
  for (const id of held.keys()) await work.decide(realInterface, id, { type: 'ChangeRealInterface', data: { pxe } });
  return held.size;
}
