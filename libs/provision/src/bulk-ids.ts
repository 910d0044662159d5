import type { Ids } from '#read-store';

/** Hands out ids one by one. */
export type IdSource = Pick<Ids, 'next'>;

/** Ids that are taken many at a time, for a command that needs many of each kind; gaps are normal. */
export function bulkIds(ids: Pick<Ids, 'take'>, atOnce: number): IdSource {
  const taken = new Map<string, number[]>();
  return {
    async next(kind) {
      const known = taken.get(kind);
      const next = known?.shift();
      if (next !== undefined) return next;
      const [first, ...rest] = await ids.take(kind, atOnce);
      taken.set(kind, rest);
      return first as number;
    },
  };
}

/** Ids for what is only looked at: nothing has them, and none is used up. */
export function noIds(): IdSource {
  let next = Number.MAX_SAFE_INTEGER;
  return {
    next: async () => {
      next -= 1;
      return next;
    },
  };
}
