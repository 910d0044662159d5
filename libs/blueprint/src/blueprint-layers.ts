import type { ConfigSchema, Declaration, Declarations, Layer, Origin, Source } from '#config';
import type { Json } from '#kernel';
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
  /** What they are made of: the very rows, which never change. */
  readonly rows: readonly object[];
  /** What they declare of configurations: for each key what the last of them says. */
  readonly declarations: Declarations;
}

/**
 * What a blueprint hands down: what it and its parents declare to be the value of a key where nobody gives one; then all
 * that its parents do, in the order in which they are listed and depth first; then its own values.
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
  const declarations = declarationsOf([...layers, ...(own ? [own] : [])], rows);
  return {
    layers: own ? [...defaultLayers(declarations), ...layers, { ...own, attributes: [['_blueprint', name]] }] : [],
    changed: [...rows.values()].map(({ updated }) => updated),
    rows: [...rows.values()],
    declarations,
  };
}

const NONE: Declarations = new Map();

/** What the blueprints of these layers declare, each key by the last of them. */
function declarationsOf(layers: readonly Layer[], rows: ReadonlyMap<string, BluePrintRow>): Declarations {
  if (![...rows.values()].some(({ configSchema }) => configSchema)) return NONE;
  const declarations = new Map<string, Declaration>();
  for (const { source } of layers) {
    const { configSchema = {}, schemaOrigins = {} } = rows.get(String(source.id)) ?? {};
    for (const [key, declared] of Object.entries(configSchema satisfies ConfigSchema)) {
      declarations.set(key, { declared, by: { ...source, ...schemaOrigins[key] } });
    }
  }
  return declarations;
}

/** The values that are declared for keys that nobody gives one, by the blueprint that declares them. */
function defaultLayers(declarations: Declarations): Layer[] {
  const layers = new Map<string, { source: Source; values: [string, Json][]; origins: Record<string, Origin> }>();
  for (const [key, { declared, by }] of declarations) {
    if (declared.default === undefined) continue;
    const { id, position, actor, at } = by;
    const layer = layers.get(String(id)) ?? { source: { kind: 'Default', id }, values: [], origins: {} };
    layers.set(String(id), layer);
    layer.values.push([key, declared.default]);
    if (position !== undefined && actor !== undefined && at !== undefined) layer.origins[key] = { position, actor, at };
  }
  return [...layers.values()];
}
