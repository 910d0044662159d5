import { parseMac } from '#ipam';
import type { UnitOfWork } from '#kernel';
import { refuse } from '#kernel';
import { MacsEffect } from '#platform/server';
import type { View } from '#read-store';
import { foundationInterfaces } from './foundation-interfaces.ts';
import { realInterface } from './real-interface.ts';
import { realInterfaces } from './real-interfaces.ts';

/**
 * Stores the MACs that a script has found out, by the physical location of the interfaces of its foundation. One that
 * another interface has is refused: both would be given the same address.
 */
export async function applyMacEffects(
  work: UnitOfWork,
  view: View,
  foundation: string,
  effects: readonly unknown[],
): Promise<void> {
  const found = effects.filter((effect) => effect instanceof MacsEffect);
  if (found.length === 0) return;
  await setMacs(work, view, foundation, Object.assign({}, ...found.map(({ macs }) => macs)) as MacsEffect['macs']);
}

/** Stores MACs by the physical location of the interfaces of a foundation. @throws Refusal for one that cannot be so */
export async function setMacs(
  work: UnitOfWork,
  view: View,
  foundation: string,
  macs: MacsEffect['macs'],
): Promise<void> {
  const byLocation = new Map(
    [...(await work.load(foundationInterfaces, foundation))].map(([id, { physicalLocation }]) => [
      physicalLocation,
      id,
    ]),
  );
  const taken = new Map<string, string>();
  for (const [location, given] of Object.entries(macs)) {
    const id = byLocation.get(location);
    if (id === undefined)
      throw refuse('interface_map', 'UNKNOWN', `foundation "${foundation}" has no interface "${location}"`);
    const mac = parseMac(given);
    if (!mac) throw refuse('interface_map', 'INVALID', `"${given}", of "${location}", is no MAC`);
    const other = taken.get(mac) ?? (await otherWith(view, mac, foundation, id));
    if (other !== undefined) {
      throw refuse('interface_map', 'TAKEN', `MAC ${mac}, of "${location}", is that of ${other} already`);
    }
    taken.set(mac, `"${location}"`);
    await work.decide(realInterface, id, { type: 'ChangeRealInterface', data: { mac } });
  }
  work.throwIfFaulted();
}

/** The interface of another foundation that has a MAC; undefined where there is none. */
export async function otherWith(view: View, mac: string, foundation: string, id?: number): Promise<string | undefined> {
  const { rows } = await view.list(realInterfaces, { where: { mac } });
  const other = rows.find(({ key, row }) => Number(key) !== id && row.foundation !== foundation);
  return other && `interface "${other.row.name}" of foundation "${other.row.foundation}"`;
}
