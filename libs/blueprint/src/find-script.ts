import type { UnitOfWork } from '#kernel';
import { blueprint } from './blueprint.ts';
import { script } from './script.ts';

/** A script as a job takes it with it. */
export interface FoundScript {
  readonly name: string;
  readonly text: string;
}

/**
 * The script in a slot of a blueprint: its own, else the first found among its parents, in their order and depth first.
 * @returns undefined where nothing stands in that slot
 */
export async function findScript(
  work: UnitOfWork,
  blueprintName: string,
  slot: string,
): Promise<FoundScript | undefined> {
  const found = await work.load(blueprint, blueprintName);
  if (!('value' in found)) return undefined;
  const own = found.value.slots.get(slot);
  if (own) {
    const text = await work.load(script, own.script);
    return 'value' in text ? { name: own.script, text: text.value.text } : undefined;
  }
  for (const parent of found.value.parents) {
    const inherited = await findScript(work, parent, slot);
    if (inherited) return inherited;
  }
  return undefined;
}
