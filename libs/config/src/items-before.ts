import type { Json, JsonMap } from '#kernel';
import { IntegralFloat, isSecretReference } from '#kernel';
import type { IsSecretName } from './secret-names.ts';
import { shownValue } from './shown-values.ts';

/**
 * Which item of a list before each item of a list now is, as far as its secrets go: the one that shows the same, where
 * no other does, before or now. A list that shows the same as before is taken as it was.
 */
export function itemsBefore(
  now: readonly Json[],
  before: readonly Json[],
  isSecret: IsSecretName,
): readonly (Json | undefined)[] {
  if (!before.some((item) => holdsSecret(item, isSecret))) return now.map(() => undefined);
  const look = (item: Json): string => JSON.stringify(sorted(shownValue('', item, isSecret)));
  const [looksNow, looksBefore] = [now.map(look), before.map(look)];
  if (looksNow.length === looksBefore.length && looksNow.every((one, n) => one === looksBefore[n])) return before;
  const only = (looks: readonly string[]): ReadonlyMap<string, number | undefined> => {
    const places = new Map<string, number | undefined>();
    for (const [n, one] of looks.entries()) places.set(one, places.has(one) ? undefined : n);
    return places;
  };
  const [placesNow, placesBefore] = [only(looksNow), only(looksBefore)];
  return looksNow.map((one) => {
    const place = placesNow.get(one) === undefined ? undefined : placesBefore.get(one);
    return place === undefined ? undefined : before[place];
  });
}

function holdsSecret(value: Json, isSecret: IsSecretName): boolean {
  if (value === null || typeof value !== 'object' || IntegralFloat.is(value)) return false;
  if (isSecretReference(value)) return true;
  return Object.entries(value).some(
    ([name, inner]) => (inner !== null && isSecret(name)) || holdsSecret(inner, isSecret),
  );
}

/** With the keys of all maps in order: they say nothing about which item it is. */
function sorted(value: Json): Json {
  if (value === null || typeof value !== 'object' || IntegralFloat.is(value)) return value;
  if (Array.isArray(value)) return value.map((item) => sorted(item as Json));
  const entries = Object.entries(value as JsonMap).map(([key, inner]) => [key, sorted(inner)] as const);
  return Object.fromEntries(entries.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
