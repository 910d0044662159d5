/** One object that a search has found, as the API tells it (docs/search.md). */
export interface Found {
  readonly model: string;
  readonly id: string;
  readonly name: string;
  readonly site: string | null;
  /** What of it matches: `host name`, `MAC`, `configuration`. */
  readonly by: string;
  readonly value: string;
}

/** Things of one kind, under one heading. */
export interface Group<T> {
  readonly label: string;
  readonly items: readonly T[];
}

/** Things by kind: kinds in the order in which the first thing of each comes, and so the things of each. */
export function grouped<T>(all: readonly T[], labelOf: (one: T) => string): Group<T>[] {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const label = labelOf(one);
    groups.set(label, [...(groups.get(label) ?? []), one]);
  }
  return [...groups].map(([label, items]) => ({ label, items }));
}

/** Why it was found, in a few words; empty where its name says so already. */
export function reasonOf({ by, value, name }: Found): string {
  return value === name || value === '' ? '' : `${by} ${value}`;
}
