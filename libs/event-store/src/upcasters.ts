/**
 * Old shapes of events: by type, one function per change of shape, in the order of the changes. An event written in
 * shape `v` goes through all functions from index `v - 1` on; today's shape is the length of the list plus one.
 */
export type Upcasters = Readonly<Record<string, readonly ((data: never) => unknown)[]>>;

/** The data of an event in today's shape. */
export const upcast = (past: Upcasters, type: string, v: number, data: unknown): unknown =>
  (past[type] ?? []).slice(v - 1).reduce((shape, next) => next(shape as never), data);

/** Today's shape of a type of event. */
export const currentVersion = (past: Upcasters, type: string): number => (past[type]?.length ?? 0) + 1;
