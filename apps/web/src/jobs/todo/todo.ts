import type { Row } from '../../model/types.ts';

/** A complex, by the model that knows it and its name. */
export interface Carrier {
  readonly model: string;
  readonly id: string;
}

/** Which of the foundations that are still to be dealt with are meant. */
export interface TodoFilter {
  /** Those alone that wait for something that is not built. */
  readonly waiting: boolean;
  /** Those of one type alone. */
  readonly type: string | undefined;
}

/** A foundation that is still to be dealt with, as a row: what waits for it, what it waits for, and what carries it. */
export interface TodoRow {
  readonly locator: string;
  readonly dependants: number;
  /** The dependencies it waits for, by their ids. */
  readonly waits_for: readonly number[];
  readonly complex: Carrier | null;
}

/** The foundations that are still to be built, with how many wait for what stands on each. */
export function todoOf(
  foundations: readonly Row[],
  dependencies: readonly Row[],
  carriers: ReadonlyMap<string, Carrier>,
  { waiting, type }: TodoFilter,
): readonly (Row & TodoRow)[] {
  const onStructure = new Map<unknown, number>();
  const unmet = new Map<unknown, number[]>();
  for (const { structure, foundation, state, id } of dependencies) {
    onStructure.set(structure, (onStructure.get(structure) ?? 0) + 1);
    if (foundation !== null && state !== 'built') unmet.set(foundation, [...(unmet.get(foundation) ?? []), Number(id)]);
  }
  return foundations.flatMap((row) => {
    const locator = String(row['locator']);
    const waitsFor = unmet.get(locator) ?? [];
    const isMeant = row['state'] !== 'built' && (type === undefined || row['type'] === type);
    if (!isMeant || (waiting && waitsFor.length === 0)) return [];
    const structure = row['structure'] ?? undefined;
    const dependants = structure === undefined ? 0 : (onStructure.get(structure) ?? 0);
    return [{ ...row, locator, dependants, waits_for: waitsFor, complex: carriers.get(locator) ?? null }];
  });
}
