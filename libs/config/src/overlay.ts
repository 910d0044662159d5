import type { Json } from '#kernel';
import { atOnce } from '#kernel';
import type { ConfigName, Operator } from './config-name.ts';
import { inOrderOfApplication, readConfigName } from './config-name.ts';
import type { ConfigFault, Layer, Pairs } from './layer.ts';
import { combine, Uncombinable } from './operators.ts';

/** What one entry of one layer did to a name. */
export interface Step {
  readonly layer: Layer;
  /** The key as it is written, with operator and class. */
  readonly key: string;
  readonly name: string;
  readonly operator: Operator;
  readonly value: Json;
  /** Undefined: there was, or is, no value. */
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

/** Values that layers have come to; those at fault are left out of it. */
export interface Overlaid {
  readonly values: Map<string, Json>;
  readonly faults: readonly ConfigFault[];
  /** The names of secrets that the layers bring with them. */
  readonly secretNames: readonly string[];
}

/**
 * Lays values over one another: later layers over earlier ones, within a layer by the operators of the keys. Entries for
 * a class apply only where it is among `classes`. An entry that cannot be applied is a fault of its key; what there was
 * stays.
 */
export const overlay = (layers: readonly Layer[], classes: readonly string[] = [], options: Options = {}): Overlaid =>
  atOnce(overlaying(layers, classes, options));

/** An entry of a layer, with its key taken apart; undefined: it is none. */
interface Entry {
  readonly key: string;
  readonly value: Json;
  readonly read: ConfigName | undefined;
}

/** The entries of values that are still in memory: the same values are laid over others again and again. */
const known = new WeakMap<Pairs, readonly Entry[]>();

/** Entries in the order in which they are applied. */
function entriesOf(values: Pairs | undefined): readonly Entry[] {
  if (!values) return [];
  let entries = known.get(values);
  if (!entries) {
    entries = inOrderOfApplication(values).map(([key, value]) => ({ key, value, read: readConfigName(key) }));
    known.set(values, entries);
  }
  return entries;
}

interface Options {
  readonly start?: Iterable<readonly [string, Json]>;
  /** The names that values are wanted of; those of all unless given. */
  readonly only?: ReadonlySet<string>;
  /** Told what each entry did. */
  readonly note?: (step: Step) => void;
}

/** The same, as work that may pause after each entry. */
export function* overlaying(
  layers: readonly Layer[],
  classes: readonly string[],
  options: Options = {},
): Generator<unknown, Overlaid> {
  const { only } = options;
  const values = new Map(options.start);
  const faults: ConfigFault[] = [];
  const secretNames: string[] = [];
  const put = (layer: Layer, key: string, name: string, operator: Operator, value: Json): void => {
    const before = values.get(name);
    const after = combine(operator, before, value);
    if (after === undefined) values.delete(name);
    else values.set(name, after);
    options.note?.({ layer, key, name, operator, value, before, after });
  };
  for (const layer of layers) {
    if (layer.secretNames) secretNames.push(...layer.secretNames);
    for (const { key, value, read } of entriesOf(layer.values)) {
      if (!read) {
        faults.push({ key, error: 'ValueError', message: `invalid config value name "${key}"` });
      } else if (only?.has(read.name) === false) {
        continue;
      } else if (read.only === undefined || classes.includes(read.only)) {
        try {
          put(layer, key, read.name, read.operator, value);
        } catch (error) {
          if (!(error instanceof Uncombinable)) throw error;
          faults.push({ key, error: 'ValueError', message: error.message });
        }
      }
      yield;
    }
    for (const [name, value] of layer.attributes ?? []) {
      if (only?.has(name) !== false) put(layer, name, name, 'set', value);
    }
  }
  return { values, faults, secretNames };
}
