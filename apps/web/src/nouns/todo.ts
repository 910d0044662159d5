import type { Row } from '../model/types.ts';

/** What is asked of the list of what is still to be done. */
export interface TodoQuery {
  /** Only those that wait for a dependency that is not built. */
  readonly waits: boolean;
  /** The type of the foundations; empty: any. */
  readonly type: string;
}

/** How many dependencies a foundation waits for, of how many. */
export interface Needs {
  readonly unmet: number;
  readonly all: number;
}

/** What foundations wait for, by their locator. */
export function needsByFoundation(dependencies: readonly Row[]): ReadonlyMap<string, Needs> {
  const found = new Map<string, Needs>();
  for (const { foundation, state } of dependencies) {
    if (typeof foundation !== 'string') continue;
    const { unmet, all } = found.get(foundation) ?? { unmet: 0, all: 0 };
    found.set(foundation, { unmet: unmet + (state === 'built' ? 0 : 1), all: all + 1 });
  }
  return found;
}

/** Foundations that are still to be built. */
export const todoOf = (
  foundations: readonly Row[],
  needs: ReadonlyMap<string, Needs>,
  { waits, type }: TodoQuery,
): readonly Row[] =>
  foundations.filter(
    ({ locator, state, type: own }) =>
      state !== 'built' && (type === '' || own === type) && (!waits || (needs.get(String(locator))?.unmet ?? 0) > 0),
  );
