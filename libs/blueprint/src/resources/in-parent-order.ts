import type { BluePrintDefinition } from './resource-file.ts';

/** Blueprints that are one another's parents: the names, the first one again at the end. */
export interface ParentCycle {
  readonly definition: BluePrintDefinition;
  readonly names: readonly string[];
}

/**
 * Blueprints with their parents before them, otherwise in the order in which they are given. Parents that are not among
 * them are taken to be there already.
 */
export function inParentOrder<D extends BluePrintDefinition>(
  definitions: readonly D[],
): { readonly ordered: readonly D[]; readonly cycles: readonly ParentCycle[] } {
  const byName = new Map(definitions.map((definition) => [definition.name, definition]));
  const done = new Set<D>();
  const cycles: ParentCycle[] = [];
  const visit = (definition: D, below: readonly string[]): void => {
    if (done.has(definition)) return;
    const begin = below.indexOf(definition.name);
    if (begin >= 0) {
      cycles.push({ definition, names: [...below.slice(begin), definition.name] });
      return;
    }
    for (const name of definition.parents) {
      const parent = byName.get(name);
      if (parent) visit(parent, [...below, definition.name]);
    }
    done.add(definition);
  };
  for (const definition of definitions) visit(definition, []);
  return { ordered: [...done], cycles };
}
