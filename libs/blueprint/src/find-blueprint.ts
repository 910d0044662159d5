import type { UnitOfWork } from '#kernel';
import { declaredSecretNames } from '#config';
import type { BluePrint, FoundationBluePrint, StructureBluePrint } from './blueprint.ts';
import { blueprint } from './blueprint.ts';

interface Kinds {
  readonly foundation: FoundationBluePrint;
  readonly structure: StructureBluePrint;
}

/**
 * Reads a blueprint of one kind that something refers to; where it is not there, that is a fault of the field.
 * @returns undefined where there is none
 */
async function bluePrintFor<K extends keyof Kinds>(
  work: UnitOfWork,
  field: string,
  name: unknown,
  kind: K,
): Promise<Kinds[K] | undefined> {
  if (typeof name !== 'string') return undefined;
  const found = await work.load(blueprint, name);
  if (found.stage === 'active' && found.value.kind === kind) return found.value as BluePrint as Kinds[K];
  work.fault(field, 'INVALID_VALUE', `there is no ${kind} blueprint ${name}`);
  return undefined;
}

/** As {@link bluePrintFor}, of a foundation. */
export const foundationBluePrintFor = (work: UnitOfWork, field: string, name: unknown) =>
  bluePrintFor(work, field, name, 'foundation');

/** As {@link bluePrintFor}, of a structure. */
export const structureBluePrintFor = (work: UnitOfWork, field: string, name: unknown) =>
  bluePrintFor(work, field, name, 'structure');

/** The foundation blueprints a structure blueprint can be put on: its own, then those of its parents, each once. */
export async function allowedFoundationBluePrints(work: UnitOfWork, name: string): Promise<readonly string[]> {
  const found = await work.load(blueprint, name);
  if (!('value' in found) || found.value.kind !== 'structure') return [];
  const inherited: string[] = [];
  for (const parent of found.value.parents) inherited.push(...(await allowedFoundationBluePrints(work, parent)));
  return [...new Set([...found.value.foundationBluePrints, ...inherited])];
}

/** Refuses parents that are not there, or would make a blueprint its own parent. */
export async function checkParents(
  work: UnitOfWork,
  name: string,
  parents: readonly string[],
  kind: BluePrint['kind'],
): Promise<void> {
  const seen = new Set<string>();
  const reaches = async (some: readonly string[]): Promise<boolean> => {
    for (const parent of some) {
      if (parent === name) return true;
      if (seen.has(parent)) continue;
      seen.add(parent);
      const above = await bluePrintFor(work, 'parent_list', parent, kind);
      if (above && (await reaches(above.parents))) return true;
    }
    return false;
  };
  if (await reaches(parents)) work.fault('parent_list', 'CYCLE', `BluePrint "${name}" would be its own parent`);
}

/** The names of secrets that blueprints and their parents declare. */
export async function blueprintSecretNames(work: UnitOfWork, names: readonly string[]): Promise<readonly string[]> {
  const declared: string[] = [];
  const seen = new Set<string>();
  const add = async (some: readonly string[]): Promise<void> => {
    for (const name of some) {
      if (seen.has(name)) continue;
      seen.add(name);
      const found = await work.load(blueprint, name);
      if (!('value' in found)) continue;
      declared.push(...declaredSecretNames(found.value.configValues));
      await add(found.value.parents);
    }
  };
  await add(names);
  return declared;
}
