import type { UnitOfWork } from '#kernel';
import { foundationInterfaces } from './foundation-interfaces.ts';

/** The real interface of this name of a foundation, as the log has it; undefined where there is none. */
export async function realInterfaceNamed(work: UnitOfWork, locator: string, name: string): Promise<number | undefined> {
  for (const [id, held] of await work.load(foundationInterfaces, locator)) if (held.name === name) return id;
  return undefined;
}
