/**
 * Old shapes of events: by type, one function per change of shape, in the order of the changes. An event written in
 * shape `v` goes through all functions from index `v - 1` on; today's shape is the length of the list plus one.
 */
export type Upcasters = Readonly<Record<string, readonly ((data: never) => unknown)[]>>;

/** The data of an event in today's shape. */
export const upcast = (upcasters: Upcasters, type: string, v: number, data: unknown): unknown =>
  listOf(upcasters, type)
    .slice(v - 1)
    .reduce((shape, next) => next(shape as never), data);

/** Today's shape of a type of event. */
export const currentVersion = (upcasters: Upcasters, type: string): number => listOf(upcasters, type).length + 1;

/** The upcasters of several modules as one. @throws Error where two of them claim the same type of event */
export function mergeUpcasters(contributions: readonly Upcasters[]): Upcasters {
  const merged: Record<string, Upcasters[string]> = {};
  for (const [type, list] of contributions.flatMap((one) => Object.entries(one))) {
    if (Object.hasOwn(merged, type)) throw new Error(`two modules have upcasters for ${type}`);
    merged[type] = list;
  }
  return merged;
}

const listOf = (upcasters: Upcasters, type: string): Upcasters[string] =>
  Object.hasOwn(upcasters, type) ? (upcasters[type] ?? []) : [];
