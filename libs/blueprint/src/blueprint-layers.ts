import type { Layer } from '#config';
import { refuse } from '#kernel';
import type { View } from '#read-store';
import type { BluePrintRow } from './blueprints.ts';
import { blueprints } from './blueprints.ts';

/** How many layers a configuration may have: parents that have parents in common are applied once for every way. */
const MAX_LAYERS = 10_000;

/** What blueprints add to a configuration, and when each of them was last changed. */
export interface BluePrintLayers {
  readonly layers: readonly Layer[];
  readonly changed: readonly string[];
}

/**
 * What a blueprint hands down: all that its parents do, in the order in which they are listed and depth first, then its
 * own values.
 * @throws Refusal where there are too many of them
 */
export async function blueprintLayers(view: View, name: string): Promise<BluePrintLayers> {
  const layers: Layer[] = [];
  const rows = new Map<string, BluePrintRow>();
  const add = async (id: string, above: readonly string[]): Promise<void> => {
    const row = rows.get(id) ?? (await view.get(blueprints, id));
    // A blueprint cannot become its own parent; should it be, each is taken once on every way.
    if (!row || above.includes(id)) return;
    rows.set(id, row);
    for (const parent of row.parents) await add(parent, [...above, id]);
    if (layers.length >= MAX_LAYERS)
      throw refuse('', 'TOO_MANY_LAYERS', `BluePrint "${name}" has more than ${MAX_LAYERS} ancestors`);
    layers.push({ source: { kind: 'BluePrint', id }, values: row.configValues, origins: row.origins });
  };
  await add(name, []);
  const own = layers.pop();
  return {
    layers: own ? [...layers, { ...own, attributes: [['_blueprint', name]] }] : [],
    changed: [...rows.values()].map(({ updated }) => updated),
  };
}
