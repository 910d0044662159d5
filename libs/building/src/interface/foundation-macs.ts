import { parseMac } from '#ipam';
import type { JsonMap, UnitOfWork } from '#kernel';
import { writeJson } from '#kernel';
import { foundationInterfaces } from './foundation-interfaces.ts';
import { realInterface } from './real-interface.ts';

/** The map under a key of a map; undefined where there is none. */
function mapAt(map: JsonMap, key: string): JsonMap | undefined {
  const value = map[key];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonMap) : undefined;
}

/** The interfaces of a foundation have the MACs that the machine has told, by their physical locations. */
export async function takeMacs(work: UnitOfWork, foundation: string, idMap: JsonMap): Promise<void> {
  const told = mapAt(idMap, 'network');
  if (!told) return;
  for (const { id, physicalLocation } of (await work.load(foundationInterfaces, foundation)).values()) {
    const given = mapAt(told, physicalLocation)?.['mac'];
    if (given === undefined || given === null || given === '') continue;
    const mac = typeof given === 'string' ? parseMac(given) : undefined;
    if (!mac) {
      const path = `network.${physicalLocation}.mac`;
      work.fault('id_map', 'INVALID', `${path}: ${writeJson(given)} is invalid`, path);
      continue;
    }
    await work.decide(realInterface, id, { type: 'ChangeRealInterface', data: { mac } });
  }
}

/** The interfaces of a foundation that was destroyed: nobody knows their MACs, and they boot nothing. */
export async function forgetMacs(work: UnitOfWork, foundation: string): Promise<void> {
  for (const id of (await work.load(foundationInterfaces, foundation)).keys()) {
    await work.decide(realInterface, id, { type: 'ChangeRealInterface', data: { mac: null, pxe: null } });
  }
}
