import { fileLedger, type Effect } from '../../../libs/platforms/src/test/effect-ledger.ts';

/** What agents have done so far, as the test platform has written it down. */
export const readEffects = (ledger: string): Promise<readonly Effect[]> => fileLedger(ledger).effects();

/** How many effects each name has. */
export function countByName(effects: readonly Effect[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { name } of effects) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
