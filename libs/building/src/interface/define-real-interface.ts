import { checkPattern } from '#api';
import { pxeFor } from '#blueprint';
import { networkFor, parseMac } from '#ipam';
import type { UnitOfWork } from '#kernel';
import { foundationFor } from '../find-foundation.ts';
import { foundationInterfaces } from './foundation-interfaces.ts';
import type { RealInterface } from './real-interface.ts';
import { realInterface } from './real-interface.ts';

/** A MAC in whichever notation as it is kept. */
export function macFrom(work: UnitOfWork, given: string | null): string | null {
  const mac = parseMac(given);
  if (mac === undefined) work.fault('mac', 'INVALID', `"${given}" is invalid`);
  return mac ?? null;
}

/** The rules of a real interface, and its place among those of its foundation. */
export async function putRealInterface(work: UnitOfWork, id: number, value: RealInterface): Promise<void> {
  const { foundation, name, physicalLocation, network, provisioning, pxe } = value;
  checkPattern(work, 'name', name, 'invalid');
  checkPattern(work, 'physical_location', physicalLocation, 'invalid');
  await foundationFor(work, 'foundation', foundation);
  await networkFor(work, 'network', network);
  if (pxe !== null) await pxeFor(work, 'pxe', pxe);
  const data = { id, name, physicalLocation, provisioning };
  await work.decide(foundationInterfaces, foundation, { type: 'PutInterface', data });
}

/** Makes a real interface. */
export async function defineRealInterface(work: UnitOfWork, id: number, value: RealInterface): Promise<void> {
  await putRealInterface(work, id, value);
  await work.decide(realInterface, id, { type: 'DefineRealInterface', data: value });
}
