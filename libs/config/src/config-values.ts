import type { JsonMap, Work } from '#kernel';
import { pairsOf } from '#kernel';
import { readConfigName } from './config-name.ts';
import type { Origin, Pairs } from './layer.ts';

/**
 * Configuration values as they are given with an object. Keys that are no names, and values that have to be lists and
 * are none, are faults of the field.
 * @param lists names whose values have to be lists
 */
export function configValuesFrom(work: Work, given: unknown, lists: readonly string[] = []): Pairs {
  const values = pairsOf((given ?? {}) as JsonMap);
  for (const [key, value] of values) {
    if (!readConfigName(key)) work.fault('config_values', 'NAME', `config item name "${key}" is invalid`);
    if (lists.includes(key) && !Array.isArray(value)) {
      work.fault('config_values', 'LIST', `config item "${key}" must be a list`);
    }
  }
  return values;
}

/** Values of an object with the event each of them was written with. */
export interface Written {
  readonly configValues: Pairs;
  readonly origins: Readonly<Record<string, Origin>>;
}

/** Values after they were written anew: those that are as they were keep the event they came with. */
export function written(before: Written | undefined, configValues: Pairs, origin: Origin): Written {
  const known = new Map(before?.configValues.map(([key, value]) => [key, JSON.stringify(value)]));
  const same = (key: string, text: string) => known.get(key) === text && before !== undefined;
  const origins = configValues.map(([key, value]) => {
    const old = same(key, JSON.stringify(value)) ? before?.origins[key] : undefined;
    return [key, old ?? origin] as const;
  });
  return { configValues, origins: Object.fromEntries(origins) };
}
