import type { JsonMap } from '#kernel';
import type { ServerHalf } from '#platform';
import type { Foundation } from '../foundation.ts';

/** The fields of a kind of foundation at their defaults, as they are kept. */
export const ownDefaults = (platforms: readonly ServerHalf[], type: string): JsonMap => {
  const kind = platforms.flatMap(({ foundationTypes }) => foundationTypes).find((one) => one.type === type);
  return Object.fromEntries(
    Object.entries(kind?.fields ?? {}).map(([field, { default: value }]) => [field, value ?? null]),
  );
};

/** What a foundation is that a complex of this type carries; undefined where it carries none. */
export function carriedBy(
  platforms: readonly ServerHalf[],
  complex: string,
  type: string | null,
): Pick<Foundation, 'type' | 'blueprint' | 'own' | 'complex'> | undefined {
  const carries = platforms.flatMap(({ complexTypes = [] }) => complexTypes).find((one) => one.type === type)?.carries;
  if (!carries) return undefined;
  const kind = platforms.flatMap(({ foundationTypes }) => foundationTypes).find((one) => one.type === carries.type);
  const named = kind?.complexField === undefined ? {} : { [kind.complexField]: complex };
  const own = { ...ownDefaults(platforms, carries.type), ...named };
  return { type: carries.type, blueprint: carries.blueprint, complex, own };
}
