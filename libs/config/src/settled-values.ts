import type { Json } from '#kernel';
import { FAULTS } from './configuration.ts';
import type { Layer } from './layer.ts';
import { overlay } from './overlay.ts';
import { SECRET_NAMES } from './secret-names.ts';
import { shownValues } from './shown-values.ts';
import { isUnsettled } from './unsettled.ts';

/**
 * Some values of the configuration that layers come to, as they are shown, by the names of those that there are, where
 * rendering does not change them; undefined: what they are can only be told by rendering the configuration.
 */
export function settledValues(
  layers: readonly Layer[],
  classes: readonly string[],
  names: ReadonlySet<string>,
): Readonly<Record<string, Json>> | undefined {
  if (names.has(FAULTS)) return undefined;
  // Which names are those of secrets is told by a value, too.
  const only = new Set([...names, SECRET_NAMES]);
  const { values, secretNames } = overlay(layers, classes, { only });
  for (const value of values.values()) if (isUnsettled(value)) return undefined;
  const shown = shownValues(values, secretNames);
  return names.has(SECRET_NAMES) ? shown : Object.fromEntries(Object.entries(shown).filter(([key]) => names.has(key)));
}
